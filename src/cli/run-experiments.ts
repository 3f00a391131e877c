import { resolve } from 'node:path';
import type { Cluster } from '../cluster/cluster.ts';
import { requireSweeper } from '../cluster/sweeper.ts';
import { systemClock } from '../engine/clock.ts';
import { repeated } from '../engine/rounds.ts';
import { clusterUnlessSandbox } from './cluster-unless-sandbox.ts';
import type { RunFlags } from './commands/run.ts';
import type { Io } from './io.ts';
import { type Guard, loadForCommand } from './load-for-command.ts';
import { fileReporters } from './report-files.ts';
import { resolveSecrets } from './resolve-secrets.ts';
import { runJob } from './run-job.ts';
import { readSettings, type Settings } from './settings.ts';
import { drawSeed, withSeed } from './seed-choices.ts';
import { clusterWorlds, sandboxWorlds } from './worlds.ts';

/** `holdfast run`: runs what was given and sets the exit code. Usage errors throw before anything is touched. */
export async function runExperiments(paths: readonly string[], flags: RunFlags, io: Io): Promise<void> {
  const settings = readSettings(flags, io);
  if (settings === undefined) return;
  const reporters = await fileReporters(settings.reporter);
  const loaded = await loadForCommand(paths, flags, io, guardOf(flags, settings));
  if (loaded === undefined) return;
  const seed = flags.seed ?? drawSeed();
  const cluster = await clusterUnlessSandbox(flags, settings);
  try {
    // The cluster of --sandbox goes with the run, and so does all that is left in it.
    if (settings.requireSweeper && cluster !== undefined) await requireSweeper({ cluster, clock: systemClock });
    const { experiments, secrets } = await resolveSecrets(loaded.experiments, cluster);
    const exitCode = await runJob(
      {
        experiments: withSeed(repeated(experiments, flags.repeat), seed),
        seed,
        secrets: [...loaded.secrets, ...secrets],
        worlds: worldsOf(cluster, settings, { ...flags, seed }),
        output: resolve(io.cwd, settings.output),
        reporters,
        workers: settings.workers,
        bail: flags.bail === true,
        recover: flags.recover === true,
        rollbackBudget: flags.rollbackTimeout,
      },
      io,
    );
    io.setExitCode(exitCode);
  } finally {
    await cluster?.close();
  }
}

/** A sandbox is nobody's context. */
function guardOf({ sandbox }: RunFlags, { policy, context, yesContext }: Settings): Guard {
  if (sandbox === true || context === undefined) return { policy, contexts: [] };
  return { policy, contexts: [context], ...(yesContext !== undefined && { yesContext }) };
}

function worldsOf(
  cluster: Cluster | undefined,
  settings: Settings,
  { istio, seed, chaosblade, forceFinalizer = false }: RunFlags,
): ReturnType<typeof clusterWorlds> {
  if (cluster !== undefined) return clusterWorlds(cluster, settings, { workers: settings.workers, forceFinalizer });
  const options = { istioMinor: istio, ...(seed !== undefined && { seed }), ...(chaosblade && { chaosblade }) };
  return sandboxWorlds(options, settings, forceFinalizer);
}
