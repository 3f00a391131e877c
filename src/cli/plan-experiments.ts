import type { Cluster } from '../cluster/cluster.ts';
import { systemClock } from '../engine/clock.ts';
import { leftoversFound } from '../engine/clear-leftovers.ts';
import { findLeftovers, inTheWay } from '../engine/leftovers.ts';
import { leftElsewhere } from '../engine/left-elsewhere.ts';
import { prepare, touchedBy, withFindings } from '../engine/prepare.ts';
import type { World } from '../engine/world.ts';
import type { Experiment } from '../model/experiment.ts';
import { type Finding, finding, pageOf } from '../model/finding.ts';
import { EXIT } from '../model/exit-code.ts';
import { isRefusal } from '../model/policy.ts';
import type { Plan } from '../model/plan.ts';
import { newRunId } from '../engine/run-id.ts';
import { clusterUnlessSandbox } from './cluster-unless-sandbox.ts';
import type { PlanFlags } from './commands/plan.ts';
import { type ClusterChoice, sandboxWorld, worldOn } from './compose.ts';
import type { Io } from './io.ts';
import { loadForCommand } from './load-for-command.ts';
import { planText } from './plan-text.ts';
import { resolveSecrets } from './resolve-secrets.ts';
import { readClusterChoice } from './settings.ts';

/** `holdfast plan`: everything up to the lock. Exit code 3 when a run would be stopped by what was found, 5 by leftovers, 2 by the policy. */
export async function planExperiments(paths: readonly string[], flags: PlanFlags, io: Io): Promise<void> {
  const choice = readClusterChoice(flags, io);
  if (choice === undefined) return;
  const loaded = await loadForCommand(paths, flags, io);
  if (loaded === undefined) return;
  const cluster = await clusterUnlessSandbox(flags, choice);
  try {
    const { experiments, secrets } = await resolveSecrets(loaded.experiments, cluster);
    io.redactor.add(secrets);
    const plans = io.redactor.redactDeep(await planAll(experiments, cluster, choice, flags));
    if (flags.output === 'json') io.stdout.write(`${JSON.stringify(plans.map(withPages), null, 2)}\n`);
    else io.stdout.write(plans.map((it) => planText(it)).join('\n'));
    io.setExitCode(exitCodeOf(plans.flatMap((it) => it.findings)));
  } finally {
    await cluster?.close();
  }
}

async function planAll(
  experiments: readonly Experiment[],
  cluster: Cluster | undefined,
  choice: ClusterChoice,
  { istio }: PlanFlags,
): Promise<readonly Plan[]> {
  const runId = newRunId(systemClock.wall());
  const world =
    cluster === undefined
      ? await sandboxWorld({ istioMinor: istio }, runId, choice)
      : worldOn(cluster, runId, choice, false);
  try {
    const plans: Plan[] = [];
    for (const experiment of experiments) plans.push(await planOne(experiment, world, runId));
    return plans;
  } finally {
    await world.close();
  }
}

/** What a run would do with an experiment, and what it would find. */
export async function planOne(experiment: Experiment, world: World, runId: string): Promise<Plan> {
  const { signal } = new AbortController();
  const ingress = await world.findIngress(experiment, signal);
  try {
    const look = { experiment, runId, world, ingress, clock: systemClock, signal };
    const prepared = await prepare(look);
    const touched = touchedBy(prepared);
    const context = { cluster: world.cluster, clock: systemClock, signal };
    const marks = await findLeftovers(world, context, (driver, error) => {
      if (experiment.faults.some(({ spec }) => spec.driver === driver)) throw error;
    });
    const left = inTheWay(marks, touched);
    const others = await leftElsewhere(
      look,
      marks.filter((it) => !left.includes(it)),
    );
    if (left.length === 0) return withFindings(prepared, others).plan;
    const { message, where, hint } = leftoversFound(left, world.cluster).details;
    return withFindings(prepared, [finding('LEFTOVERS_FOUND', message, where, hint), ...others]).plan;
  } finally {
    await ingress.close?.();
  }
}

/** Machines get the address of each explanation too. */
function withPages({ findings, ...plan }: Plan): object {
  return { ...plan, findings: findings.map((it) => ({ ...it, page: pageOf(it.code) })) };
}

function exitCodeOf(findings: readonly Finding[]): number {
  const errors = findings.filter((it) => it.severity === 'error');
  if (errors.some(isRefusal)) return EXIT.usage;
  if (errors.some((it) => it.code === 'LEFTOVERS_FOUND')) return EXIT.dirty;
  return errors.length > 0 ? EXIT.environment : EXIT.ok;
}
