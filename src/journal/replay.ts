import type { JournalEvent } from '../model/event.ts';
import { HoldfastError } from '../model/errors.ts';
import type { ExperimentRecord, RunRecord } from '../model/run-record.ts';
import { emptyExperiment, foldExperiment } from './fold-experiment.ts';

/** Folds a journal, whole or torn, into the record that reporters read. The first event must be `run-started`. */
export function replay(events: Iterable<JournalEvent>): RunRecord {
  let record: RunRecord | undefined;
  for (const event of events) record = fold(record, event);
  if (record === undefined) throw new HoldfastError('JOURNAL_INVALID', { message: 'The journal is empty.' });
  return record;
}

/** Adds one event to a record; a live run folds its own events by this as they happen. */
export function fold(record: RunRecord | undefined, event: JournalEvent): RunRecord {
  if (event.type === 'run-started') {
    const { runId, startedAt, version, target, seed, rejudgedBy } = event;
    return {
      runId,
      startedAt,
      version,
      target,
      ...(seed !== undefined && { seed }),
      ...(rejudgedBy !== undefined && { rejudgedBy }),
      experiments: event.experiments.map((it) => emptyExperiment(it, target)),
    };
  }
  if (record === undefined) {
    throw new HoldfastError('JOURNAL_INVALID', {
      message: `The journal starts with "${event.type}", not "run-started".`,
    });
  }
  if (event.type === 'signal') {
    return event.count === 1 ? { ...record, interruptedBy: event.signal } : record;
  }
  if (event.type === 'experiment-added') {
    return { ...record, experiments: [...record.experiments, emptyExperiment(event.head, record.target)] };
  }
  if (event.type === 'concluded') return { ...record, conclusion: event.conclusion };
  if (event.type === 'repeated') return { ...record, repeats: event.repeats };
  if (event.type === 'run-ended') return { ...record, exitCode: event.exitCode, durationMs: event.durationMs };
  return { ...record, experiments: foldInto(record.experiments, event) };
}

function foldInto(
  experiments: readonly ExperimentRecord[],
  event: Extract<JournalEvent, { readonly experiment: string }>,
): readonly ExperimentRecord[] {
  // Samples are many and are no part of the record.
  if (event.type === 'samples' || event.type === 'canary-samples') return experiments;
  const index = experiments.findIndex((it) => it.head.name === event.experiment);
  const current = experiments[index];
  return current === undefined ? experiments : experiments.with(index, foldExperiment(current, event));
}
