import type { Cluster } from '../cluster/cluster.ts';
import type { Millis } from '../model/clock.ts';
import type { CliffConclusion, CliffPoint } from '../model/conclusion.ts';
import { formatDuration } from '../model/duration.ts';
import { HoldfastError } from '../model/errors.ts';
import { exitCodeOf } from '../model/exit-code.ts';
import type { Experiment } from '../model/experiment.ts';
import type { ExperimentRecord, RunRecord } from '../model/run-record.ts';
import type { Verdict } from '../model/verdict.ts';
import { concludeCliff } from '../search/conclude-cliff.ts';
import { gapInTimes } from '../search/explain-wait.ts';
import { nextDelay, type Range, runsNeeded } from '../search/next-delay.ts';
import { pointOf } from '../search/point-of.ts';
import { delayOf, withDelay } from '../search/with-delay.ts';
import { clusterUnlessSandbox } from './cluster-unless-sandbox.ts';
import type { CliffFlags } from './commands/cliff.ts';
import type { Io } from './io.ts';
import { resolveSecrets } from './resolve-secrets.ts';
import type { Job } from './run-job.ts';
import { drawSeed, withSeed } from './seed-choices.ts';
import { readSettings, type Settings } from './settings.ts';
import { checkSweepers, loadOne, runTrial } from './trial.ts';
import { clusterWorlds, sandboxWorlds, type Worlds } from './worlds.ts';

/** `holdfast cliff`: runs the experiment under one delay after another and sets the exit code. */
export async function findCliff(file: string, flags: CliffFlags, io: Io): Promise<void> {
  const settings = readSettings(flags, io);
  if (settings === undefined) return;
  const range = rangeOf(flags);
  const contexts = flags.sandbox === true || settings.context === undefined ? [] : [settings.context];
  const loaded = await loadOne(file, flags, io, settings, contexts);
  if (loaded === undefined) return;
  const fault = faultOf(loaded.experiment, flags.fault);
  const seed = flags.seed ?? drawSeed();
  const cluster = await clusterUnlessSandbox(flags, settings);
  try {
    await checkSweepers(cluster === undefined ? [] : [cluster], settings);
    io.stderr.write(announcement(loaded.experiment, fault, range, flags));
    const { experiments, secrets } = await resolveSecrets(withSeed([loaded.experiment], seed), cluster);
    const [experiment] = experiments;
    if (experiment === undefined) return;
    await runTrial(
      {
        seed,
        experiments: [],
        secrets: [...loaded.secrets, ...secrets],
        worlds: worldsOf(cluster, settings, { ...flags, seed }),
        script: search(experiment, fault, range, flags),
      },
      flags,
      settings,
      io,
    );
  } finally {
    await cluster?.close();
  }
}

/** Chooses each delay by what came of those before. */
function search(
  experiment: Experiment,
  fault: string,
  range: Range,
  { samples, maxRuns }: CliffFlags,
): NonNullable<Job['script']> {
  return (record) => {
    const delays = new Map<string, Millis>();
    let complete = false;
    return {
      next: () => {
        const ended = trialsIn(record(), delays);
        if (delays.size >= maxRuns || ended.some(endsSearch)) return undefined;
        const points = pointsOf(ended, delays);
        const delay = nextDelay(points, range, gapsIn(points));
        complete = delay === undefined;
        if (delay === undefined) return undefined;
        const earlier = [...delays.values()].filter((it) => it === delay).length;
        const next = withDelay(experiment, { fault, delay, earlier, samples });
        delays.set(next.name, delay);
        return next;
      },
      conclude: (): CliffConclusion => {
        const all = record();
        const ended = trialsIn(all, delays);
        // A delay that breaks the hypothesis is an answer, not a failure.
        const others = ended.flatMap(({ verdict = 'interrupted' }) => (verdict === 'failed' ? [] : [verdict]));
        const exitCode = exitCodeOf(others, all?.interruptedBy);
        return concludeCliff(fault, pointsOf(ended, delays), range, { exitCode, complete });
      },
    };
  };
}

/** After these nothing more is tried. */
const ENDS: ReadonlySet<Verdict> = new Set(['rollback-failed', 'refused', 'locked', 'interrupted', 'skipped']);

/** What a preflight refuses, it refuses under any delay. */
function endsSearch({ verdict, findings }: ExperimentRecord): boolean {
  if (verdict === 'error' && findings.some((it) => it.severity === 'error')) return true;
  return verdict !== undefined && ENDS.has(verdict);
}

function trialsIn(record: RunRecord | undefined, delays: ReadonlyMap<string, Millis>): readonly ExperimentRecord[] {
  return record?.experiments.filter(({ head }) => delays.has(head.name)) ?? [];
}

function pointsOf(ended: readonly ExperimentRecord[], delays: ReadonlyMap<string, Millis>): readonly CliffPoint[] {
  return ended.map((it) => pointOf(delays.get(it.head.name) ?? 0, it));
}

function gapsIn(points: readonly CliffPoint[]) {
  const probes = [...new Set(points.flatMap((it) => it.probes.map(({ probe }) => probe)))];
  return probes.flatMap((probe) => gapInTimes(probe, points) ?? []);
}

/** Without a delay there is nothing to inject, and every baseline shows what holds then: the first step stands for it. */
function rangeOf({ from, to, precision }: CliffFlags): Range {
  if (precision < 1) {
    const message = 'Nothing can be found nearer than to a millisecond.';
    throw new HoldfastError('FLAG_INVALID', { message, where: '--precision', hint: 'It is at least a millisecond.' });
  }
  const range = { from: from === 0 ? precision : from, to, precision };
  if (range.from < range.to) return range;
  throw new HoldfastError('FLAG_INVALID', {
    message: `There is nothing between ${formatDuration(from)} and ${formatDuration(to)} in steps of ${formatDuration(precision)}.`,
    where: '--from, --to and --precision',
    hint: 'Let --to be the longer one, by more than --precision.',
  });
}

function faultOf({ faults }: Experiment, wanted: string | undefined): string {
  const late = faults.filter((it) => delayOf(it.spec) !== undefined).map((it) => it.name);
  const [only, ...others] = wanted === undefined ? late : late.filter((it) => it === wanted);
  if (only !== undefined && others.length === 0) return only;
  const names = late.map((it) => `"${it}"`).join(', ');
  throw new HoldfastError('FLAG_INVALID', {
    message:
      late.length === 0 ? 'No fault of the experiment delays anything.' : `Which fault? Those that delay: ${names}.`,
    where: wanted === undefined ? 'the experiment' : `--fault ${wanted}`,
    hint: late.length === 0 ? 'Give it a `delay` or a `networkDelay`.' : 'Name one with --fault.',
  });
}

/** What it will cost, before it begins. */
function announcement(experiment: Experiment, fault: string, range: Range, { maxRuns, samples }: CliffFlags): string {
  const { phases, hypothesis } = withDelay(experiment, { fault, delay: range.to, earlier: 0, samples });
  const slowest = Math.max(0, ...hypothesis.map((it) => it.http.timeout));
  // One answer until the fault is proven, and one after the last request under it.
  const each = phases.baseline + phases.fault + phases.recovery.stable + 2 * slowest;
  const runs = Math.min(maxRuns, runsNeeded(range));
  const time = Math.ceil((runs * each) / 60_000);
  const steps = `from ${formatDuration(range.from)} to ${formatDuration(range.to)} in steps of ${formatDuration(range.precision)}`;
  return `The delay of "${fault}" is tried ${steps}: about ${runs} runs (at most ${maxRuns}), ${time} min or less.\n`;
}

function worldsOf(
  cluster: Cluster | undefined,
  settings: Settings,
  { istio, seed, chaosblade, forceFinalizer = false }: CliffFlags & { readonly seed: number },
): Worlds {
  if (cluster !== undefined) return clusterWorlds(cluster, settings, { workers: 1, forceFinalizer });
  return sandboxWorlds({ istioMinor: istio, seed, ...(chaosblade && { chaosblade }) }, settings, forceFinalizer);
}
