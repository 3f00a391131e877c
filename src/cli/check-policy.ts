import type { Cluster } from '../cluster/cluster.ts';
import { systemClock } from '../engine/clock.ts';
import { HoldfastError } from '../model/errors.ts';
import type { RunTarget } from '../model/event.ts';
import type { Experiment } from '../model/experiment.ts';
import { namespacesOf, type Plan } from '../model/plan.ts';
import type { Policy } from '../model/policy.ts';
import { checkContext } from '../policy/check-context.ts';
import { checkExperiment } from '../policy/check-experiment.ts';
import { checkFreeze } from '../policy/check-freeze.ts';
import { checkPlan, type NamespaceLabels } from '../policy/check-plan.ts';
import type { Refusal } from '../policy/refusal.ts';

/** One experiment on one cluster, held against a policy. */
export interface Judged {
  readonly experiment: Experiment;
  readonly plan: Plan;
  readonly cluster: Cluster;
  readonly kind: RunTarget['kind'];
  readonly policy: Policy;
  readonly yesContext?: string;
}

/** Everything that a policy refuses about an experiment, each once. A sandbox is nobody's context and nobody waits for its users; all else holds there too. */
export async function checkPolicy(judged: Judged, signal: AbortSignal): Promise<readonly Refusal[]> {
  const { experiment, plan, cluster, kind, policy, yesContext } = judged;
  const labels = policy.requiredLabels?.namespace === undefined ? new Map() : await readLabels(plan, cluster, signal);
  const all = [
    ...(kind === 'sandbox' ? [] : checkContext(policy, cluster.context, yesContext)),
    ...(kind === 'sandbox' ? [] : checkFreeze(policy, systemClock.wall().getTime(), plan.duration)),
    ...checkExperiment(policy, experiment),
    ...checkPlan(policy, plan, labels),
  ];
  return [...new Map(all.map((it) => [`${it.where} ${it.message}`, it])).values()];
}

async function readLabels(plan: Plan, cluster: Cluster, signal: AbortSignal): Promise<NamespaceLabels> {
  const resource = await cluster.resource('', 'namespaces', { signal });
  const read = async (name: string): Promise<Readonly<Record<string, string>> | undefined> => {
    try {
      const found = resource && (await cluster.read(resource, { name }, { signal }));
      return found?.metadata.labels ?? {};
    } catch (error) {
      if (error instanceof HoldfastError && error.code === 'API_FORBIDDEN') return undefined;
      throw error;
    }
  };
  return new Map(await Promise.all(namespacesOf(plan).map(async (name) => [name, await read(name)] as const)));
}
