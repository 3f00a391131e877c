import { systemClock } from '../engine/clock.ts';
import { createEmitter } from '../engine/emit.ts';
import { newRunId } from '../engine/run-id.ts';
import { startSuite, type Suite, type SuiteOptions } from '../engine/run-suite.ts';
import { watchCrashes, watchSignals } from '../engine/signals.ts';
import type { Journal } from '../journal/journal.ts';
import { openJournal } from '../journal/open-journal.ts';
import { journalPath } from '../journal/run-path.ts';
import type { Experiment } from '../model/experiment.ts';
import { EXIT } from '../model/exit-code.ts';
import type { RunRecord } from '../model/run-record.ts';
import type { FileReporter } from '../report/reporter.ts';
import { followRun } from './follow-run.ts';
import { giveUp } from './give-up.ts';
import type { Io } from './io.ts';
import { formatError } from './print-error.ts';
import { prepareOutput } from './report-files.ts';
import { VERSION } from './version.ts';
import type { Worlds } from './worlds.ts';

/** Everything about a run that flags, config and files have decided. */
export interface Job {
  readonly experiments: readonly Experiment[];
  /** Values that must not be shown. */
  readonly secrets: readonly string[];
  readonly worlds: Worlds;
  /** From which the random choices follow; told at the start. */
  readonly seed?: number;
  /** Absolute path of the output folder. */
  readonly output: string;
  readonly reporters: readonly FileReporter[];
  readonly workers: number;
  readonly bail: boolean;
  readonly recover: boolean;
  readonly rollbackBudget: number;
  /** Of commands that run an experiment more than once: where, which next, and what it shows, by the record so far. */
  readonly script?: (record: () => RunRecord | undefined) => Pick<SuiteOptions, 'placeOf' | 'next' | 'conclude'>;
  /** Told of the record once everything is written. */
  readonly onRecord?: (record: RunRecord) => void;
}

/** Runs a job under signals and resolves with the exit code; the journal and the reports are written in any case. */
export async function runJob(job: Job, io: Io): Promise<number> {
  const clock = systemClock;
  const { experiments, workers, bail, recover, rollbackBudget, output } = job;
  const runId = newRunId(clock.wall());
  const epoch = clock.now();
  io.redactor.add(job.secrets);
  await prepareOutput(output, job.reporters);
  const journal = await openJournal(journalPath(output, runId));
  const follower = await followRun(workers > 1, io);
  const emitter = createEmitter({
    journal,
    clock,
    epoch,
    redact: io.redactor.redactDeep,
    reporters: [follower.reporter],
    warn: (message) => io.stderr.write(`${io.redactor.redact(message)}\n`),
  });
  const run = { runId, version: VERSION, target: job.worlds.target, clock, epoch, journal, emitter };
  const suite = startSuite({
    ...run,
    ...job.worlds.forRun(runId),
    ...job.script?.(follower.record),
    experiments,
    workers,
    bail,
    recover,
    ...(job.seed !== undefined && { seed: job.seed }),
    rollbackBudget,
  });
  const guard = guardSuite(suite, journal, io);
  try {
    const exitCode = await suite.ended;
    const written = await follower.writeReports(job.reporters, output).catch(asTrouble);
    const record = follower.record();
    if (record !== undefined) job.onRecord?.(record);
    const closed = await journal.close().catch(asTrouble);
    const troubles = [written, closed].filter((it) => it !== undefined);
    for (const { error } of troubles) io.stderr.write(formatError(error, io));
    // Green without its record would be believed by nobody who looks for it.
    return exitCode === EXIT.ok && (guard.crashed() || troubles.length > 0) ? EXIT.environment : exitCode;
  } finally {
    guard.stop();
  }
}

/** Hands signals and errors that nobody caught to the suite, so that it takes back what is in. */
function guardSuite(
  suite: Suite,
  journal: Journal,
  io: Io,
): { readonly crashed: () => boolean; readonly stop: () => void } {
  let crashed = false;
  const stopWatching = watchSignals((signal, count) => {
    suite.interrupt(signal);
    if (count > 1) void giveUp(suite.outstanding(), signal, journal, io);
  }, systemClock);
  const stopCatching = watchCrashes((error) => {
    crashed = true;
    io.stderr.write(formatError(error, io));
    suite.crash(error);
  });
  return {
    crashed: () => crashed,
    stop: () => {
      stopWatching();
      stopCatching();
    },
  };
}

function asTrouble(error: unknown): { readonly error: unknown } {
  return { error };
}
