import { effectiveExpectation } from '../judge/effective-expectation.ts';
import type { Asked } from '../model/asked.ts';
import type { Fault } from '../model/fault.ts';
import type { Phase } from '../model/phase.ts';
import type { ProbeResult } from '../model/probe-result.ts';
import type { ExperimentDiff, FigureDiff, RunDiff, TimeDiff } from '../model/run-diff.ts';
import type { ExperimentRecord, RunRecord } from '../model/run-record.ts';
import { type Comparable, type Comparison, comparisonsOf } from './diff-figures.ts';
import { compareVerdicts } from './diff-verdict.ts';
import { type Latencies, latencyKey } from './read-run.ts';
import { same } from './same.ts';

/** A run as its journal has it. */
export interface ReadRun {
  readonly record: RunRecord;
  readonly latencies: ReadonlyMap<string, Latencies>;
}

/** So often nothing is marked when two runs are of one system. */
const CONFIDENCE = 0.95;

/** More requests than this share leaving late, and times tell of the machine that sent them. */
const LATE_SHARE = 0.01;

/** The stretch of a recovery that is judged was chosen for being good, so its figures are not compared. */
const PHASES: readonly Phase[] = ['baseline', 'fault'];

/** What is expected of the phase does not say which requests are good. */
const NOT_COUNTED = { good: 0, latency: 0, statuses: 0 } as const;

const NO_LATENCIES: Latencies = { atLeast: new Float64Array(), atMost: new Float64Array() };

/**
 * Puts two runs beside each other. A share or percentile is marked when an exact test says so, at a chance of error that
 * is divided among all figures of both runs (Bonferroni).
 */
export function diffRuns(before: ReadRun, after: ReadRun): RunDiff {
  const pairs = before.record.experiments.flatMap((one) => {
    const other = after.record.experiments.find(({ head }) => head.name === one.head.name);
    return other === undefined ? [] : [compare(one, other, before, after)];
  });
  const tests = pairs.reduce((sum, { comparisons }) => sum + comparisons.length, 0);
  const miss = (1 - CONFIDENCE) / Math.max(1, tests);
  return {
    before: named(before),
    after: named(after),
    confidence: CONFIDENCE,
    tests,
    experiments: pairs.map(({ comparisons, ...experiment }) => ({
      ...experiment,
      figures: comparisons.map(({ figure, direction }): FigureDiff => ({ ...figure, direction: direction(miss) })),
    })),
    onlyBefore: onlyIn(before, after),
    onlyAfter: onlyIn(after, before),
  };
}

function named({ record: { runId, startedAt } }: ReadRun) {
  return { runId, startedAt };
}

function onlyIn(one: ReadRun, other: ReadRun): readonly string[] {
  const names = new Set(other.record.experiments.map(({ head }) => head.name));
  return one.record.experiments.map(({ head }) => head.name).filter((name) => !names.has(name));
}

type Compared = Omit<ExperimentDiff, 'figures'> & { readonly comparisons: readonly Comparison[] };

function compare(before: ExperimentRecord, after: ExperimentRecord, one: ReadRun, other: ReadRun): Compared {
  const verdicts = { before: before.verdict ?? 'interrupted', after: after.verdict ?? 'interrupted' } as const;
  const notes: string[] = [];
  const comparisons = PHASES.flatMap((phase) => {
    const results = before.phases[phase]?.results ?? [];
    return results.flatMap((result): readonly Comparison[] => {
      const now = after.phases[phase]?.results.find(({ probe }) => probe === result.probe);
      if (now === undefined) return [];
      const comparable = whatIsComparable(result, now, before.head.asked, after.head.asked, notes);
      if (comparable === undefined) return [];
      const key = latencyKey(before.head.name, phase, result.probe);
      const measured = (run: ReadRun, of: ProbeResult) => ({
        result: of,
        latencies: run.latencies.get(key) ?? NO_LATENCIES,
      });
      return comparisonsOf(measured(one, result), measured(other, now), comparable);
    });
  });
  return {
    name: before.head.name,
    ...verdicts,
    direction: compareVerdicts(verdicts.before, verdicts.after),
    reasons: after.reasons,
    notes: [...new Set(notes)],
    times: timesOf(before, after),
    comparisons,
  };
}

/** Undefined where nothing is; adds to `notes` what is not, and why. Of runs that do not say what they asked all is. */
function whatIsComparable(
  before: ProbeResult,
  after: ProbeResult,
  asked: Asked | undefined,
  askedNow: Asked | undefined,
  notes: string[],
): Comparable | undefined {
  const { phase, probe } = before;
  const onTime = [before, after].every(({ late, samples }) => late <= samples * LATE_SHARE);
  if (!onTime) notes.push(`${phase}: ${probe}: times are not compared, because requests left late`);
  if (asked === undefined || askedNow === undefined) return { good: true, latency: onTime };
  if (phase === 'fault' && !same(faultsOf(asked), faultsOf(askedNow))) {
    notes.push('fault: nothing is compared, because the faults are others');
    return undefined;
  }
  const [one, other] = [asked, askedNow].map((it) => requestsOf(it, probe));
  if (!same(one, other)) {
    notes.push(`${phase}: ${probe}: nothing is compared, because it sent other requests`);
    return undefined;
  }
  const [then, now] = [asked, askedNow].map(({ hypothesis }) => {
    const found = hypothesis.find(({ name }) => name === probe);
    return found && effectiveExpectation(found, phase);
  });
  const good = same({ ...then, ...NOT_COUNTED }, { ...now, ...NOT_COUNTED });
  if (!good) notes.push(`${phase}: ${probe}: good requests are not compared, because something else was expected`);
  return { good, latency: onTime };
}

function requestsOf({ hypothesis, sessions }: Asked, name: string) {
  const probe = hypothesis.find((it) => it.name === name);
  return { http: probe?.http, pacing: probe?.pacing, session: sessions[probe?.http.session ?? ''] };
}

/** What the faults do and when; which pods a draw hits is left to chance anyway. */
function faultsOf({ faults }: Asked) {
  return faults.map(({ name, spec, startAfter, duration }: Fault) => ({
    name,
    spec: { ...spec, seed: 0 },
    startAfter,
    duration,
  }));
}

function timesOf(before: ExperimentRecord, after: ExperimentRecord): readonly TimeDiff[] {
  const faults = before.faults.flatMap((fault) => {
    const now = after.faults.find(({ name }) => name === fault.name);
    return [
      time(`time to effect of ${fault.name}`, fault.timeToEffectMs, now?.timeToEffectMs),
      time(`time to gone of ${fault.name}`, fault.timeToGoneMs, now?.timeToGoneMs),
    ];
  });
  return [...faults, time('recovery', before.recoveryMs, after.recoveryMs)].filter(
    (it) => it.before !== undefined || it.after !== undefined,
  );
}

function time(what: string, before: number | undefined, after: number | undefined): TimeDiff {
  return { what, ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
}
