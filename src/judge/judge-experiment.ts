import { describeRef } from '../model/describe-ref.ts';
import { describeStop } from '../model/describe-stop.ts';
import { ERROR_CODES, type ErrorClass } from '../model/errors.ts';
import type { Phase } from '../model/phase.ts';
import type { ProbeResult } from '../model/probe-result.ts';
import { proofOf, tellReasons } from '../model/proof.ts';
import type { Verdict } from '../model/verdict.ts';
import type { ExperimentFacts } from '../model/facts.ts';
import { isSteady } from './is-steady.ts';

export interface ExperimentVerdict {
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
}

/**
 * The verdict on an experiment. The first rule that has something to say wins, from "something may be left behind" down
 * to the hypothesis; what no rule objects to has passed.
 */
export function judgeExperiment(facts: ExperimentFacts): ExperimentVerdict {
  for (const rule of RULES) {
    const found = rule(facts);
    if (found !== undefined) return withExpected(withStop(found, facts), facts);
  }
  return withExpected({ verdict: 'passed', reasons: [] }, facts);
}

const RULES: readonly ((facts: ExperimentFacts) => ExperimentVerdict | undefined)[] = [
  notUndone,
  interrupted,
  stoppedByError,
  drifted,
  baselineNotSteady,
  faultNotProven,
  stoppedUnderFault,
  brokenUnderFault,
  undecidedUnderFault,
  notRecovered,
  faultNotMet,
];

function notUndone(facts: ExperimentFacts): ExperimentVerdict | undefined {
  const { undoErrors, faults } = facts;
  const left = faults.filter((fault) => fault.undone === false || (fault.injected && fault.undone === undefined));
  const reasons = [...undoErrors, ...left.map((fault) => `fault "${fault.name}" was not shown to be gone`)];
  return reasons.length === 0
    ? undefined
    : { verdict: 'rollback-failed', reasons: [...reasons, ...foreignChanges(facts)] };
}

function interrupted({ interruptedBy }: ExperimentFacts): ExperimentVerdict | undefined {
  if (interruptedBy === undefined) return undefined;
  return { verdict: 'interrupted', reasons: [`stopped by ${interruptedBy}`] };
}

function stoppedByError(facts: ExperimentFacts): ExperimentVerdict | undefined {
  const { error } = facts;
  if (error === undefined) return undefined;
  const reason = error.where === undefined ? error.message : `${error.where}: ${error.message}`;
  return { verdict: VERDICT_OF_ERROR[ERROR_CODES[error.code]], reasons: [reason, ...foreignChanges(facts)] };
}

const VERDICT_OF_ERROR = {
  usage: 'error',
  refused: 'refused',
  environment: 'error',
  internal: 'error',
  inconclusive: 'inconclusive',
  locked: 'locked',
  rollback: 'rollback-failed',
} as const satisfies Record<ErrorClass, Verdict>;

function baselineNotSteady({ results, stopped }: ExperimentFacts): ExperimentVerdict | undefined {
  const baseline = judgedIn('baseline', results);
  const reasons = baseline.filter((result) => !isSteady(result)).flatMap(describe);
  if (stopped?.stage === 'baseline') reasons.unshift(`"${stopped.condition}" was true without a fault`);
  else if (baseline.length === 0) reasons.push('nothing was measured before the fault');
  return inconclusive(reasons, 'the baseline was not steady');
}

function faultNotProven({ faults: all, results, stopped }: ExperimentFacts): ExperimentVerdict | undefined {
  // Whatever was to come later than a stop has nothing to do with it.
  const faults = stopped === undefined ? all : all.filter((fault) => fault.injected);
  const unproven = faults.filter((fault) => !fault.injected || fault.proven !== true);
  if (faults.length > 0 && unproven.length === 0) return undefined;
  const reasons = unproven.flatMap((fault) => [
    notProven(fault),
    ...(fault.explanation === undefined ? [] : tellReasons(fault.explanation)),
  ]);
  if (faults.length === 0) reasons.push('no fault was injected');
  const broken = judgedIn('fault', results).filter((result) => result.verdict === 'failed');
  const aside = broken
    .flatMap(describe)
    .map((text) => `the hypothesis broke all the same, but not provably by the fault: ${text}`);
  return { verdict: 'inconclusive', reasons: [...reasons, ...aside] };
}

function notProven(fault: ExperimentFacts['faults'][number]): string {
  const { name, injected, evidence, explanation } = fault;
  const seen = evidence.length === 0 ? '' : `: ${evidence.join('; ')}`;
  if (!injected) return `fault "${name}" was not injected${seen}`;
  if (proofOf(fault) !== 'contradicted') return `fault "${name}" was not shown to bite${seen}`;
  return `fault "${name}" is in and was seen not to act: ${explanation?.contradiction}${seen === '' ? '' : ` (${evidence.join('; ')})`}`;
}

/** A foreign change may be behind whatever else went wrong: that is told, and blamed on nobody. */
function drifted(facts: ExperimentFacts): ExperimentVerdict | undefined {
  const reasons = foreignChanges(facts);
  if (reasons.length === 0) return undefined;
  const aside = [baselineNotSteady, faultNotProven, brokenUnderFault, notRecovered].flatMap((rule) => {
    const found = rule(facts);
    return found?.reasons.slice(0, 1) ?? [];
  });
  return {
    verdict: 'inconclusive',
    reasons: [...reasons, ...aside.slice(0, 1).map((it) => `for what it is worth: ${it}`), ...likelyReasons(facts)],
  };
}

/** What was found by looking why faults were not shown to bite. */
function likelyReasons({ faults }: ExperimentFacts): readonly string[] {
  return faults.flatMap(({ proven, explanation }) =>
    proven === true || explanation === undefined || explanation.reasons.length === 0 ? [] : tellReasons(explanation),
  );
}

function foreignChanges({ drift }: ExperimentFacts): readonly string[] {
  return drift.map(({ object, detail }) => `somebody else changed ${describeRef(object)} meanwhile: ${detail}`);
}

/** The system did worse than its owner allows, whatever the phase, which was cut short, would have shown. */
function stoppedUnderFault(facts: ExperimentFacts): ExperimentVerdict | undefined {
  if (facts.stopped === undefined) return undefined;
  const later = [brokenUnderFault(facts) ?? notRecovered(facts)].filter((it) => it?.verdict === 'failed');
  return { verdict: 'failed', reasons: later.flatMap((it) => it?.reasons ?? []) };
}

function brokenUnderFault(facts: ExperimentFacts): ExperimentVerdict | undefined {
  const reasons = judgedIn('fault', facts.results)
    .filter((result) => result.verdict === 'failed')
    .flatMap(describe);
  if (reasons.length === 0) return undefined;
  const later = notRecovered(facts);
  return { verdict: 'failed', reasons: later?.verdict === 'failed' ? [...reasons, ...later.reasons] : reasons };
}

function undecidedUnderFault({ results }: ExperimentFacts): ExperimentVerdict | undefined {
  const fault = judgedIn('fault', results);
  const reasons = fault.filter((result) => result.verdict === 'inconclusive').flatMap(describe);
  if (fault.length === 0) reasons.push('nothing was measured under the fault');
  return inconclusive(reasons, 'the fault phase does not decide');
}

function notRecovered({ recovered, results }: ExperimentFacts): ExperimentVerdict | undefined {
  const recovery = judgedIn('recovery', results);
  const failed = recovery.filter((result) => result.verdict === 'failed').flatMap(describe);
  const open = recovery.filter((result) => result.verdict === 'inconclusive').flatMap(describe);
  if (recovered?.undecided === true) return inconclusive([recovered.detail], 'the recovery does not decide');
  if (recovered?.recovered !== true) {
    // Where nobody can tell whether it is good or bad, it is not shown to be bad.
    if (recovered !== undefined && recovered.unhealed !== true && failed.length === 0 && open.length > 0) {
      return inconclusive([recovered.detail, ...open], 'the recovery does not decide');
    }
    return { verdict: 'failed', reasons: [`no recovery: ${recovered?.detail ?? 'it was not reached'}`, ...failed] };
  }
  if (failed.length > 0) return { verdict: 'failed', reasons: failed.map((text) => `no recovery: ${text}`) };
  return inconclusive(open, 'the recovery does not decide');
}

/** A hypothesis that holds over requests which never met the fault says nothing about it. */
function faultNotMet({ faults }: ExperimentFacts): ExperimentVerdict | undefined {
  const missed = faults.filter((fault) => fault.met === false);
  if (missed.length === 0) return undefined;
  const reasons = missed.map(
    ({ name }) =>
      `the hypothesis held, but fault "${name}" hit no request of the fault phase: probe something that depends on it`,
  );
  return { verdict: 'inconclusive', reasons };
}

function judgedIn(phase: Phase, results: readonly ProbeResult[]): readonly ProbeResult[] {
  return results.filter((result) => result.phase === phase && result.verdict !== 'skipped');
}

function describe({ probe, reasons }: ProbeResult): readonly string[] {
  return reasons.length === 0 ? [probe] : reasons.map((reason) => `${probe}: ${reason}`);
}

function inconclusive(reasons: readonly string[], prefix: string): ExperimentVerdict | undefined {
  if (reasons.length === 0) return undefined;
  return { verdict: 'inconclusive', reasons: reasons.map((reason) => `${prefix}: ${reason}`) };
}

/** A stop is the first reason, save where something else is more urgent to know. */
function withStop(found: ExperimentVerdict, { stopped }: ExperimentFacts): ExperimentVerdict {
  if (stopped === undefined) return found;
  const stop = describeStop(stopped);
  const isFirst = found.verdict === 'failed' || found.verdict === 'inconclusive';
  return { ...found, reasons: isFirst ? [stop, ...found.reasons] : [...found.reasons, stop] };
}

/** A known weakness that shows is no news; one that is gone must be taken out of the file. */
function withExpected(found: ExperimentVerdict, facts: ExperimentFacts): ExperimentVerdict {
  const { expected } = facts;
  if (expected === undefined) return found;
  if (found.verdict === 'failed') {
    if (failedTwice(facts)) {
      const reason = `one failure is expected (${expected.because}), but it broke under the fault and did not recover either`;
      return { verdict: 'failed', reasons: [reason, ...found.reasons] };
    }
    return { verdict: 'known-weakness', reasons: [`expected to fail: ${expected.because}`, ...found.reasons] };
  }
  if (found.verdict !== 'passed') return found;
  const reason = `expected to fail (${expected.because}), but the hypothesis held: remove "expected" if it is fixed`;
  return { verdict: 'unexpected-pass', reasons: [reason] };
}

/** Being stuck after the fault is another weakness than breaking under it; one must not hide the other. */
function failedTwice(facts: ExperimentFacts): boolean {
  const broke = facts.stopped !== undefined || brokenUnderFault(facts) !== undefined;
  return broke && notRecovered(facts)?.verdict === 'failed';
}
