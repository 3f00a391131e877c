import { resolve } from 'node:path';
import type { Cluster } from '../cluster/cluster.ts';
import { requireSweeper } from '../cluster/sweeper.ts';
import { systemClock } from '../engine/clock.ts';
import { HoldfastError } from '../model/errors.ts';
import type { Experiment } from '../model/experiment.ts';
import { jsonReporter } from '../report/json/json-reporter.ts';
import type { TrialFlags } from './commands/verify-fix.ts';
import type { Io } from './io.ts';
import { loadForCommand } from './load-for-command.ts';
import { fileReporters } from './report-files.ts';
import { type Job, runJob } from './run-job.ts';
import type { Settings } from './settings.ts';

/** The one experiment of a command that takes one. */
export interface OneLoaded {
  readonly experiment: Experiment;
  readonly secrets: readonly string[];
}

/** Loads the one experiment that is chosen; undefined when mistakes were printed. Throws `FLAG_INVALID` for several. */
export async function loadOne(
  file: string,
  flags: TrialFlags,
  io: Io,
  { policy, yesContext }: Settings,
  contexts: readonly string[],
): Promise<OneLoaded | undefined> {
  const guard = { policy, contexts, ...(yesContext !== undefined && { yesContext }) };
  const loaded = await loadForCommand([file], flags, io, guard);
  if (loaded === undefined) return undefined;
  const [experiment, ...others] = loaded.experiments;
  if (experiment !== undefined && others.length === 0) return { experiment, secrets: loaded.secrets };
  throw new HoldfastError('FLAG_INVALID', {
    message: `One experiment is run, and ${loaded.experiments.length} are chosen: ${loaded.experiments.map((it) => it.name).join(', ')}.`,
    where: file,
    hint: 'Choose with --grep or file.yaml:LINE.',
  });
}

/** Throws where the settings ask for a sweeper and a cluster has none at work. */
export async function checkSweepers(clusters: readonly Cluster[], settings: Settings): Promise<void> {
  if (!settings.requireSweeper) return;
  for (const cluster of clusters) await requireSweeper({ cluster, clock: systemClock });
}

/** What a command runs, and how it goes on from there. */
export interface Trial
  extends Pick<Job, 'experiments' | 'secrets' | 'worlds'>, Required<Pick<Job, 'script' | 'seed'>> {}

/** Runs a trial like any other run, one experiment after the other, and sets the exit code. */
export async function runTrial(trial: Trial, flags: TrialFlags, settings: Settings, io: Io): Promise<void> {
  const exitCode = await runJob(
    {
      ...trial,
      output: resolve(io.cwd, settings.output),
      reporters: await fileReporters(settings.reporter),
      workers: 1,
      bail: false,
      recover: flags.recover === true,
      rollbackBudget: flags.rollbackTimeout,
      ...(flags.o === 'json' && { onRecord: (record) => void io.stdout.write(jsonReporter.render(record)) }),
    },
    io,
  );
  io.setExitCode(exitCode);
}
