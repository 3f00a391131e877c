import type { ExperimentEvent, ExperimentHead, JournalEvent, RunTarget } from '../model/event.ts';
import type { Phase } from '../model/phase.ts';
import type { ExperimentRecord, FaultRecord, PhaseRecord } from '../model/run-record.ts';

type Timed = Extract<JournalEvent, { readonly experiment: string }>;
type Of<Type extends ExperimentEvent['type']> = Extract<Timed, { readonly type: Type }>;

/** The record of an experiment of which nothing but its head is known yet. */
export function emptyExperiment(head: ExperimentHead, target: RunTarget): ExperimentRecord {
  const faults = head.faults.map(({ name, driver }) => ({
    name,
    driver,
    targets: [],
    injected: false,
    evidence: [],
    manual: [],
  }));
  return { head, target, findings: [], steps: [], phases: {}, faults, drift: [], notes: [], reasons: [] };
}

/** Adds one event of an experiment to its record. */
export function foldExperiment(record: ExperimentRecord, event: Timed): ExperimentRecord {
  switch (event.type) {
    case 'experiment-started':
      return { ...record, head: event.head, target: event.target, startedMs: event.t };
    case 'step-started':
      return { ...record, steps: [...record.steps, { step: event.step, title: event.title, startedMs: event.t }] };
    case 'step-ended':
      return { ...record, steps: endStep(record, event) };
    case 'ingress-found':
      return { ...record, ingress: { url: event.url, host: event.host, how: event.how } };
    case 'finding':
      return { ...record, findings: [...record.findings, event.finding] };
    case 'planned':
      return planned(record, event);
    case 'phase-started':
      return withPhase(record, event.phase, () => ({ startedMs: event.t, results: [] }));
    case 'phase-ended':
      return withPhase(record, event.phase, (phase) => ({
        ...phase,
        durationMs: event.durationMs,
        ...(event.runner !== undefined && { runner: event.runner }),
        results: event.results,
      }));
    case 'aborted':
      return { ...record, stopped: event.stopped };
    case 'drift':
      return { ...record, drift: [...record.drift, event.drift] };
    case 'note':
      return { ...record, notes: [...record.notes, event.text] };
    case 'experiment-ended':
      return ended(record, event);
    case 'mutating':
    case 'mutated':
    case 'samples':
    case 'canary-samples':
      return record;
    default:
      return foldFault(record, event);
  }
}

function foldFault(
  record: ExperimentRecord,
  event: Of<'fault-injected' | 'fault-proven' | 'fault-undone' | 'recovered'>,
): ExperimentRecord {
  switch (event.type) {
    case 'fault-injected':
      return withFault(record, event.fault, { driver: event.driver, targets: event.targets, injected: true });
    case 'fault-proven':
      return withFault(record, event.fault, {
        proven: event.proven,
        ...(event.timeToEffectMs !== undefined && { timeToEffectMs: event.timeToEffectMs }),
        evidence: event.evidence,
        ...(event.explanation !== undefined && { explanation: event.explanation }),
      });
    case 'fault-undone':
      return withFault(record, event.fault, {
        undone: event.undone,
        ...(event.timeToGoneMs !== undefined && { timeToGoneMs: event.timeToGoneMs }),
        evidence: [...evidenceOf(record, event.fault), ...event.evidence],
        manual: event.manual,
      });
    case 'recovered':
      return {
        ...record,
        recovered: event.recovered,
        ...(event.recoveryMs !== undefined && { recoveryMs: event.recoveryMs }),
        ...(event.watch !== undefined && { recovery: event.watch }),
      };
  }
}

function planned(record: ExperimentRecord, event: Of<'planned'>): ExperimentRecord {
  const targets = new Map(event.plan.faults.map((it) => [it.fault, it.targets]));
  const faults = record.faults.map((it) => ({ ...it, targets: targets.get(it.name) ?? it.targets }));
  return { ...record, plan: event.plan, faults };
}

function ended(record: ExperimentRecord, event: Of<'experiment-ended'>): ExperimentRecord {
  const { verdict, reasons, before, durationMs, overheadMs } = event;
  return { ...record, verdict, reasons, ...(before !== undefined && { before }), durationMs, overheadMs };
}

/** Steps of one name never overlap within an experiment: an end belongs to the last one that is still open. */
function endStep(record: ExperimentRecord, event: Of<'step-ended'>): ExperimentRecord['steps'] {
  const index = record.steps.findLastIndex((it) => it.step === event.step && it.durationMs === undefined);
  const open = record.steps[index];
  if (open === undefined) return record.steps;
  return record.steps.with(index, {
    ...open,
    durationMs: event.durationMs,
    ...(event.error !== undefined && { error: event.error }),
  });
}

function withPhase(
  record: ExperimentRecord,
  phase: Phase,
  change: (before: PhaseRecord) => PhaseRecord,
): ExperimentRecord {
  const before = record.phases[phase] ?? { startedMs: 0, results: [] };
  return { ...record, phases: { ...record.phases, [phase]: change(before) } };
}

function withFault(record: ExperimentRecord, name: string, change: Partial<FaultRecord>): ExperimentRecord {
  return { ...record, faults: record.faults.map((it) => (it.name === name ? { ...it, ...change } : it)) };
}

function evidenceOf(record: ExperimentRecord, name: string): readonly string[] {
  return record.faults.find((it) => it.name === name)?.evidence ?? [];
}
