import type { FaultReach, PodReach } from '../model/plan.ts';
import type { Policy, Rule } from '../model/policy.ts';
import { type Refusal, refusal } from './refusal.ts';

/** So many of the pods of an owner or a namespace may be hit. */
interface Share {
  readonly of: string;
  readonly hit: number;
  readonly size: number;
}

/** Whether all faults of an experiment together leave enough pods of each owner and namespace alone. */
export function checkPodShares({ maxPodShare }: Policy, reaches: readonly FaultReach[]): readonly Refusal[] {
  const pods = reaches.flatMap((it) => it.pods ?? []);
  return [
    ...overLimit('maxPodShare.owner', maxPodShare?.owner, sharesOf(pods, 'owner')),
    ...overLimit('maxPodShare.namespace', maxPodShare?.namespace, sharesOf(pods, 'namespace')),
  ];
}

/**
 * Whether few enough nodes are hit. What hits a node hits every pod on it, of whatever namespace and owner: where those are
 * limited, it has to be said how many nodes may be hit.
 */
export function checkNodeShare(policy: Policy, reaches: readonly FaultReach[]): readonly Refusal[] {
  const { maxPodShare, allowedNamespaces } = policy;
  const nodes = reaches.flatMap((it) => it.nodes ?? []);
  if (nodes.length === 0) return [];
  if (maxPodShare?.nodes !== undefined) {
    return overLimit('maxPodShare.nodes', maxPodShare.nodes, sharesOf(nodes.map(asPods), 'owner'), 'nodes');
  }
  const limited = maxPodShare?.owner ?? maxPodShare?.namespace ?? allowedNamespaces;
  if (limited === undefined) return [];
  const rule = maxPodShare === undefined ? 'allowedNamespaces' : 'maxPodShare';
  const why = `a fault on a node reaches every pod there, whatever its namespace and owner`;
  const change = 'Aim at pods; or say with `maxPodShare.nodes` which share of the nodes may be hit.';
  return [refusal(rule, limited.where, { why, change })];
}

/** At most so many pods of each group may be hit; none is forgotten, and none counted twice that is hit for certain. */
export function sharesOf(reaches: readonly PodReach[], by: 'owner' | 'namespace'): readonly Share[] {
  const groups = new Set(reaches.flatMap((it) => it.candidates.map((pod) => groupOf(pod, by))));
  return [...groups].map((of) => {
    const inGroup = reaches.map(({ candidates, take }) => ({
      take,
      isSure: take >= candidates.length,
      names: candidates.filter((pod) => groupOf(pod, by) === of).map(({ name }) => name),
    }));
    const certain = new Set(inGroup.filter((it) => it.isSure).flatMap((it) => it.names));
    const possible = inGroup.filter((it) => !it.isSure);
    const others = possible.map(({ names, take }) => Math.min(take, names.filter((name) => !certain.has(name)).length));
    const everyone = new Set(inGroup.flatMap((it) => it.names));
    const hit = Math.min(everyone.size, certain.size + others.reduce((sum, it) => sum + it, 0));
    const size = Math.max(everyone.size, ...reaches.map(({ sizes }) => sizes[of] ?? 0));
    return { of, hit, size };
  });
}

/** Nodes are counted as the pods of one owner, the cluster. */
function asPods({ candidates, take, of }: NonNullable<FaultReach['nodes']>): PodReach {
  const owner = 'the cluster';
  return { candidates: candidates.map((name) => ({ name, owner, namespace: '' })), take, sizes: { [owner]: of } };
}

function groupOf(pod: PodReach['candidates'][number], by: 'owner' | 'namespace'): string {
  return by === 'owner' ? pod.owner : `Namespace ${pod.namespace}`;
}

function overLimit(
  name: string,
  rule: Rule<number> | undefined,
  shares: readonly Share[],
  what = 'pods',
): readonly Refusal[] {
  if (rule === undefined) return [];
  return shares
    .filter(({ hit, size }) => hit * 100 > rule.value * size)
    .map(({ of, hit, size }) => {
      const share = Math.round((hit * 1000) / size) / 10;
      const why = `it may hit ${hit} of ${size} ${what} of ${of} (${share}%), and ${rule.value}% is allowed`;
      return refusal(name, rule.where, {
        why,
        change: 'Hit fewer with `count` or `percent`, run more, or raise the rule.',
      });
    });
}
