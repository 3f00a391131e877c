import type { Resource } from '../../cluster/cluster.ts';
import { HoldfastError } from '../../model/errors.ts';
import type { PodKillFaultSpec } from '../../model/fault.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import type { DriverContext } from '../driver.ts';
import type { PodId } from './handle.ts';
import { createOwners, type Owner } from './owners.ts';
import { hasLabels, isRunning, isTerminating } from '../pods.ts';

/** A pod that could be killed now. */
export interface Candidate {
  readonly pod: KubernetesObject;
  /** Undefined: nothing replaces it. */
  readonly owner: Owner | undefined;
}

/** What a kill would meet now. */
export interface Survey {
  readonly namespace: string;
  /** Running pods that the fault asks for, by name, so that a draw can be repeated. */
  readonly candidates: readonly Candidate[];
  /** Every pod of the namespace. */
  readonly pods: readonly KubernetesObject[];
  /** Pods that were asked for and do not run. */
  readonly absent: readonly { readonly name: string; readonly why: 'missing' | 'terminating' | 'not running' }[];
}

/** Reads the pods of the fault and who owns them. */
export async function survey(spec: PodKillFaultSpec, namespace: string, context: DriverContext): Promise<Survey> {
  const { select } = spec;
  const pods = await listPods(namespace, context);
  const asked = pods.filter(isAskedBy(spec));
  const owners = createOwners(namespace, pods, context);
  const running = asked.filter(isRunning).sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const candidates = await Promise.all(running.map(async (pod) => ({ pod, owner: await owners.of(pod) })));
  const missing = select.kind === 'names' ? select.names.filter((name) => !asked.some(isNamed(name))) : [];
  const absent = [
    ...missing.map((name) => ({ name, why: 'missing' as const })),
    ...asked
      .filter((pod) => !isRunning(pod))
      .map((pod) => ({
        name: pod.metadata.name,
        why: isTerminating(pod) ? ('terminating' as const) : ('not running' as const),
      })),
  ];
  return { namespace, candidates, pods, absent };
}

/** Whether a fault asks for a pod, be it running or not. */
export function isAskedBy({ select }: PodKillFaultSpec): (pod: KubernetesObject) => boolean {
  return (pod) => (select.kind === 'names' ? select.names.includes(pod.metadata.name) : hasLabels(pod, select.labels));
}

/** All pods of a namespace. */
export async function listPods(namespace: string, context: DriverContext): Promise<readonly KubernetesObject[]> {
  const { cluster, signal } = context;
  return cluster.list(await podResource(context), { namespace, signal });
}

/** The served Pod resource. */
export async function podResource({ cluster, signal }: DriverContext): Promise<Resource> {
  const resource = await cluster.resource('', 'pods', { signal });
  if (resource !== undefined) return resource;
  throw new HoldfastError('API_NOT_FOUND', { message: `${cluster.context} serves no pods.` });
}

/** Owners that would have no ready pod left without these pods. */
export function losingAll(victims: readonly Candidate[]): readonly Owner[] {
  const killed = new Set(victims.map(({ pod }) => pod.metadata.uid));
  return distinctOwners(victims).filter(
    ({ readyPods }) => readyPods.length > 0 && readyPods.every(({ metadata }) => killed.has(metadata.uid)),
  );
}

/** The owners of some pods, each once. */
export function distinctOwners(candidates: readonly Candidate[]): readonly Owner[] {
  const owners = candidates.flatMap(({ owner }) => owner ?? []);
  return [...new Map(owners.map((owner) => [owner.uid, owner])).values()];
}

/** Names a pod for good. */
export function idOf({ metadata }: KubernetesObject): PodId {
  return { namespace: metadata.namespace ?? '', name: metadata.name, uid: metadata.uid ?? '' };
}

function isNamed(name: string): (pod: KubernetesObject) => boolean {
  return ({ metadata }) => metadata.name === name;
}
