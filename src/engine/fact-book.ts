import type { ExperimentFacts } from '../model/facts.ts';
import type { Millis } from '../model/clock.ts';
import { describeRef } from '../model/describe-ref.ts';
import { HoldfastError, serializeError } from '../model/errors.ts';
import type { Drift, ExperimentEvent, StopSignal } from '../model/event.ts';
import type { Experiment } from '../model/experiment.ts';
import type { ProbeResult } from '../model/probe-result.ts';
import type { Stopped } from '../model/stop-condition.ts';
import type { FaultRun } from './lab.ts';
import { createPutOff, type PutOff } from './put-off.ts';
import type { UndoFailure } from './step-stack.ts';

/** Collects, while an experiment runs, all that its verdict will depend on. */
export interface FactBook extends PutOff {
  result(results: readonly ProbeResult[]): void;
  readonly results: readonly ProbeResult[];
  faults(faults: readonly FaultRun[]): void;
  readonly runs: readonly FaultRun[];
  /** Counts time that the file asked to be spent. */
  spent(ms: Millis): void;
  readonly spentMs: Millis;
  /** Notes a foreign change once, and says so. */
  drift(drift: readonly Drift[]): void;
  /** Notes what a change has led to, unless a change of that object explains it already. */
  consequence(drift: Drift): void;
  /** A stop condition ended the experiment. */
  stopped(stopped: Stopped): void;
  recovered(recovered: boolean, detail: string): void;
  /** Something did not heal by itself in the time that it had. */
  notHealed(detail: string): void;
  readonly unhealed: boolean;
  error(error: unknown): void;
  undoFailed(failures: readonly UndoFailure[]): void;
  readonly clean: boolean;
  facts(interruptedBy: StopSignal | undefined): ExperimentFacts;
}

export function createFactBook(experiment: Experiment, emit: (event: ExperimentEvent) => void): FactBook {
  const results: ProbeResult[] = [];
  const drifts: Drift[] = [];
  const undoErrors: string[] = [];
  let runs: readonly FaultRun[] = [];
  let recovered: ExperimentFacts['recovered'];
  let stop: Stopped | undefined;
  let first: unknown;
  let spentMs = 0;

  const note = (drift: Drift): void => {
    if (drifts.some((known) => JSON.stringify(known) === JSON.stringify(drift))) return;
    drifts.push(drift);
    emit({ type: 'drift', drift });
  };
  const error = (thrown: unknown): void => {
    first ??= thrown;
  };

  return {
    result: (more) => void results.push(...more),
    results,
    faults: (all) => {
      runs = all;
    },
    get runs() {
      return runs;
    },
    spent: (ms) => {
      spentMs += ms;
    },
    get spentMs() {
      return spentMs;
    },
    drift: (more) => more.forEach(note),
    consequence: (drift) => {
      if (!drifts.some((known) => describeRef(known.object) === describeRef(drift.object))) note(drift);
    },
    stopped: (stopped) => {
      stop ??= stopped;
    },
    recovered: (reached, detail) => {
      recovered = { recovered: reached, detail };
    },
    notHealed: (detail) => {
      const all = recovered === undefined ? detail : `${recovered.detail}; ${detail}`;
      recovered = { recovered: false, unhealed: true, detail: all };
    },
    get unhealed() {
      return recovered?.unhealed === true;
    },
    error,
    ...createPutOff(error),
    undoFailed: (failures) =>
      void undoErrors.push(...failures.map(({ undo, error }) => `${undo.title}: ${sentence(error)}`)),
    get clean() {
      return undoErrors.length === 0;
    },
    facts: (interruptedBy) => ({
      results,
      faults: runs.map(factOf),
      drift: drifts,
      ...(stop !== undefined && { stopped: stop }),
      ...(recovered !== undefined && { recovered }),
      // An interrupt is told by its signal, not as an error.
      ...(first !== undefined && !isInterrupt(first) && { error: serializeError(first) }),
      undoErrors,
      ...(isInterrupt(first) && interruptedBy !== undefined && { interruptedBy }),
      ...(experiment.expected !== undefined && { expected: experiment.expected }),
    }),
  };
}

function factOf({
  fault,
  injected,
  proven,
  explanation,
  met,
  evidence,
  undone,
}: FaultRun): ExperimentFacts['faults'][number] {
  return {
    name: fault.name,
    injected: injected !== undefined,
    ...(proven !== undefined && { proven }),
    ...(explanation !== undefined && { explanation }),
    ...(met !== undefined && { met }),
    evidence,
    ...(undone !== undefined && { undone }),
  };
}

function isInterrupt(error: unknown): boolean {
  return error instanceof HoldfastError && error.code === 'INTERRUPTED';
}

function sentence(error: unknown): string {
  const { message, where } = serializeError(error);
  return where === undefined ? message : `${where}: ${message}`;
}
