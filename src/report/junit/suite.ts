import type { Millis } from '../../model/clock.ts';
import { PHASES, type Phase } from '../../model/phase.ts';
import type { ExperimentRecord, RunRecord } from '../../model/run-record.ts';
import { abortCases } from './abort-cases.ts';
import { heldLine, roundsLine } from '../repeat-lines.ts';
import { faultCases } from './fault-cases.ts';
import { phaseCases } from './phase-cases.ts';

/** What a JUnit case says; exactly one outcome each. */
export interface JunitCase {
  readonly name: string;
  readonly durationMs: Millis;
  readonly outcome:
    | { readonly kind: 'passed' }
    | { readonly kind: 'failure' | 'error' | 'skipped'; readonly message: string; readonly detail: string };
  /** Goes to system-out. */
  readonly output: readonly string[];
}

/** One experiment as a JUnit suite. */
export interface JunitSuite {
  readonly name: string;
  readonly file: string;
  readonly durationMs: Millis;
  /** ISO 8601, UTC. */
  readonly timestamp: string;
  readonly properties: readonly (readonly [string, string])[];
  readonly cases: readonly JunitCase[];
}

/** Cases in the order of the run: baseline, inject, fault, rollback, recovery, then whatever else made the run red. */
export function suiteOf(run: RunRecord, experiment: ExperimentRecord): JunitSuite {
  const [baseline, fault, recovery] = PHASES.map((phase: Phase) => phaseCases(experiment, phase)) as [
    JunitCase[],
    JunitCase[],
    JunitCase[],
  ];
  const { inject, rollback } = faultCases(experiment);
  const cases = [...baseline, ...inject, ...fault, ...abortCases(experiment), ...rollback, ...recovery];
  return {
    name: experiment.head.name,
    file: experiment.head.file,
    durationMs: experiment.durationMs ?? 0,
    timestamp: new Date(Date.parse(run.startedAt) + (experiment.startedMs ?? 0)).toISOString(),
    properties: propertiesOf(run, experiment),
    cases: asAsked(run, experiment, [...cases, ...verdictCase(experiment, cases)]),
  };
}

/** Red that the run was asked to find is told, and does not count. */
function asAsked(
  { conclusion }: RunRecord,
  { head }: ExperimentRecord,
  cases: readonly JunitCase[],
): readonly JunitCase[] {
  if (conclusion?.asked.includes(head.name) !== true) return cases;
  return cases.map((one) => {
    const { outcome } = one;
    if (outcome.kind !== 'failure' && outcome.kind !== 'error') return one;
    const message = `part of what ${conclusion.command} asks: ${outcome.message}`;
    return { ...one, outcome: { ...outcome, kind: 'skipped', message } };
  });
}

/** A red verdict that no case shows (a refused preflight, drift, an interrupt, an unexpected pass) gets a case of its own. */
function verdictCase(experiment: ExperimentRecord, cases: readonly JunitCase[]): JunitCase[] {
  const verdict = experiment.verdict ?? 'interrupted';
  if (verdict === 'passed' || verdict === 'known-weakness' || verdict === 'skipped') return [];
  if (cases.some((one) => one.outcome.kind === 'failure' || one.outcome.kind === 'error')) return [];
  const failedStep = experiment.steps.find((step) => step.error !== undefined);
  const reasons = experiment.reasons.length > 0 ? experiment.reasons : ['the journal ends before the experiment did'];
  return [
    {
      name: failedStep === undefined ? `verdict: ${verdict}` : `${failedStep.step}: ${failedStep.title}`,
      durationMs: failedStep?.durationMs ?? 0,
      outcome: {
        kind: verdict === 'failed' || verdict === 'unexpected-pass' ? 'failure' : 'error',
        message: reasons[0] ?? verdict,
        detail: reasons.join('\n'),
      },
      output: experiment.drift.flatMap(({ diff }) => diff ?? []),
    },
  ];
}

function propertiesOf(run: RunRecord, experiment: ExperimentRecord): (readonly [string, string])[] {
  const entries: readonly (readonly [string, string | undefined])[] = [
    ['holdfast.run', run.runId],
    ['holdfast.version', run.version],
    ['holdfast.seed', run.seed === undefined ? undefined : String(run.seed)],
    ['holdfast.verdict', experiment.verdict ?? 'interrupted'],
    ['holdfast.verdictBefore', experiment.before?.verdict],
    ['holdfast.rejudgedBy', run.rejudgedBy?.join(', ')],
    ['holdfast.target', experiment.target.kind === 'sandbox' ? 'sandbox (a stand-in for a cluster)' : 'cluster'],
    ['holdfast.context', experiment.target.context],
    ['holdfast.server', experiment.target.server],
    ['holdfast.namespace', experiment.head.namespace],
    ['holdfast.ingress', experiment.ingress && `${experiment.ingress.url} (${experiment.ingress.how})`],
    ['holdfast.reasons', experiment.reasons.join(' | ') || undefined],
    [
      'holdfast.recoveryMs',
      experiment.recoveryMs === undefined ? undefined : String(Math.round(experiment.recoveryMs)),
    ],
    ...roundProperties(run, experiment),
    ...(experiment.recovery?.probes ?? []).map(
      ({ probe, recoveryMs }) =>
        [
          `holdfast.recoveryMs.${probe}`,
          recoveryMs === undefined ? undefined : String(Math.round(recoveryMs)),
        ] as const,
    ),
    ...Object.entries(experiment.head.labels).map(([key, value]) => [`label.${key}`, value] as const),
  ];
  return entries.filter((entry): entry is readonly [string, string] => entry[1] !== undefined);
}

/** What one round says of all: each suite carries it, as nothing in a JUnit file is above the suites. */
function roundProperties(run: RunRecord, { head: { round } }: ExperimentRecord): (readonly [string, string])[] {
  if (round === undefined) return [];
  const own: readonly [string, string] = ['holdfast.round', `${round.round} of ${round.rounds}`];
  const repeat = run.repeats?.find((it) => it.experiment === round.of);
  if (repeat === undefined) return [own];
  return [
    own,
    ['holdfast.rounds', roundsLine(repeat)],
    ['holdfast.flaky', String(repeat.flaky)],
    ...repeat.probes.map((probe) => [`held.${probe.probe}`, heldLine(probe)] as const),
  ];
}
