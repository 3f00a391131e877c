import { resolve } from 'node:path';
import type { Cluster } from '../cluster/cluster.ts';
import { judgeFix, type FixSide } from '../judge/judge-fix.ts';
import { HoldfastError } from '../model/errors.ts';
import type { FixConclusion } from '../model/conclusion.ts';
import type { Experiment } from '../model/experiment.ts';
import type { RunRecord } from '../model/run-record.ts';
import { clusterUnlessSandbox } from './cluster-unless-sandbox.ts';
import type { VerifyFixFlags } from './commands/verify-fix.ts';
import { type ClusterChoice, openCluster } from './compose.ts';
import type { Io } from './io.ts';
import { readManifestFlag, withManifest } from './manifest-flag.ts';
import { resolveSecrets } from './resolve-secrets.ts';
import { drawSeed, withSeed } from './seed-choices.ts';
import { readSettings, type Settings } from './settings.ts';
import { checkSweepers, loadOne, runTrial } from './trial.ts';
import { clusterWorlds, sandboxWorlds, type Worlds, worldsByPlace } from './worlds.ts';

const SIDES = ['before', 'after'] as const;
type Side = (typeof SIDES)[number];
type Resolved = Awaited<ReturnType<typeof resolveSecrets>>;

/** `holdfast verify-fix`: runs the experiment on both sides and sets the exit code. */
export async function verifyFix(file: string, flags: VerifyFixFlags, io: Io): Promise<void> {
  const settings = readSettings(flags, io);
  if (settings === undefined) return;
  refuseOneSided(flags, io);
  const seed = flags.seed ?? drawSeed();
  const contexts = contextsOf(flags, settings);
  const loaded = await loadOne(file, flags, io, settings, contexts);
  if (loaded === undefined) return;
  // By its own name, so that both sides draw the same.
  const [experiment = loaded.experiment] = withSeed([loaded.experiment], seed);
  const unresolved = SIDES.map((side) => onSide(side, experiment, flags, io)) as [Experiment, Experiment];
  const clusters = await openClusters(flags, settings);
  try {
    await checkSweepers(clusters, settings);
    if (experiment.expected !== undefined) {
      io.stderr.write('What the file says under `expected` does not count here: each side is judged by itself.\n');
    }
    const [before, after] = (await Promise.all(
      unresolved.map(async (it, index) => resolveSecrets([it], clusters[index] ?? clusters[0])),
    )) as [Resolved, Resolved];
    const names = { before: unresolved[0].name, after: unresolved[1].name };
    await runTrial(
      {
        seed,
        experiments: [...before.experiments, ...after.experiments],
        secrets: [...loaded.secrets, ...before.secrets, ...after.secrets],
        worlds: worldsOf(clusters, settings, { ...flags, seed }),
        script: (record) => ({
          placeOf: ({ name }) => (name === names.before ? 'before' : 'after'),
          conclude: (exitCode) => conclude(names, record(), exitCode),
        }),
      },
      flags,
      settings,
      io,
    );
  } finally {
    await Promise.all(clusters.map(async (it) => it.close()));
  }
}

function conclude(names: Pick<FixConclusion, Side>, record: RunRecord | undefined, exitCode: number): FixConclusion {
  const sideOf = (name: string): FixSide => {
    const found = record?.experiments.find(({ head }) => head.name === name);
    return {
      experiment: name,
      ...(found?.verdict !== undefined && { verdict: found.verdict }),
      reasons: found?.reasons ?? [],
    };
  };
  return {
    command: 'verify-fix',
    ...names,
    ...judgeFix(sideOf(names.before), sideOf(names.after), exitCode),
  };
}

function onSide(side: Side, experiment: Experiment, flags: VerifyFixFlags, io: Io): Experiment {
  const path = flags[side];
  const { expected: _, ...rest } = experiment;
  const named = { ...rest, name: `${experiment.name} (${side})` };
  return path === undefined ? named : withManifest(named, readManifestFlag(`--${side}`, path, io.cwd));
}

function refuseOneSided(flags: VerifyFixFlags, { cwd }: Io): void {
  const { beforeContext, afterContext, context, sandbox } = flags;
  const [before, after] = SIDES.map((side) => flags[side] && resolve(cwd, flags[side]));
  const contexts = beforeContext !== undefined || afterContext !== undefined;
  if ((beforeContext === undefined) !== (afterContext === undefined)) {
    throw wrongFlags('--before-context and --after-context go together.', 'Name both clusters.');
  }
  if (before === after && beforeContext === afterContext) {
    throw wrongFlags(
      'Nothing tells the two sides apart.',
      'Give --before and --after manifests that differ, or --before-context and --after-context two clusters.',
    );
  }
  if (contexts && (context !== undefined || sandbox === true)) {
    const other = sandbox === true ? '--sandbox' : '--context';
    throw wrongFlags(`${other} and --before-context name different places.`, `Leave ${other} out.`);
  }
}

function wrongFlags(message: string, hint: string): HoldfastError {
  return new HoldfastError('FLAG_INVALID', { message, where: 'verify-fix', hint });
}

function contextsOf({ sandbox, beforeContext, afterContext }: VerifyFixFlags, { context }: Settings): string[] {
  if (sandbox === true) return [];
  const names = beforeContext === undefined ? [context] : [beforeContext, afterContext];
  return [...new Set(names.filter((it) => it !== undefined))];
}

/** One cluster for both sides, one for each, or none where it is a sandbox. */
async function openClusters(flags: VerifyFixFlags, settings: Settings): Promise<readonly Cluster[]> {
  const { beforeContext, afterContext } = flags;
  if (beforeContext === undefined || afterContext === undefined) {
    const cluster = await clusterUnlessSandbox(flags, settings);
    return cluster === undefined ? [] : [cluster];
  }
  const { yesContext } = settings;
  if (yesContext !== undefined && yesContext !== beforeContext && yesContext !== afterContext) {
    throw wrongFlags(`--yes-context names ${yesContext}, which is neither side.`, 'Give the very name of a context.');
  }
  const before = await openCluster({ ...settings, context: beforeContext });
  try {
    return [before, await openCluster({ ...settings, context: afterContext })];
  } catch (error) {
    await before.close();
    throw error;
  }
}

/** On the sandbox each side has one of its own, both by the same seed. */
function worldsOf(
  [before, after]: readonly Cluster[],
  settings: Settings,
  { istio, seed, chaosblade, forceFinalizer = false }: VerifyFixFlags & { readonly seed: number },
): Worlds {
  if (before === undefined) {
    return sandboxWorlds({ istioMinor: istio, seed, ...(chaosblade && { chaosblade }) }, settings, forceFinalizer);
  }
  const on = (cluster: Cluster): Worlds =>
    clusterWorlds(cluster, choiceFor(cluster, settings), { workers: 1, forceFinalizer });
  return after === undefined ? on(before) : worldsByPlace({ before: on(before), after: on(after) });
}

/** Who insists on one protected cluster does not mean the other. */
function choiceFor({ context }: Cluster, { yesContext, ...rest }: Settings): Omit<ClusterChoice, 'env'> {
  return { ...rest, ...(yesContext === context && { yesContext }) };
}
