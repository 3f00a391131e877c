import { describeRef } from '../../model/describe-ref.ts';
import type { Drift } from '../../model/event.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import type { DriverContext } from '../driver.ts';
import type { ObjectMemory } from '../../undo/object-memory.ts';
import type { OwnerId, PodId } from './handle.ts';
import { lookAtOwners } from './owner-changes.ts';
import { createOwners, type Owner } from './owners.ts';
import { isTerminating } from '../pods.ts';
import { listPods } from './survey.ts';

/** What became of one killed pod. */
export interface PodFate {
  readonly pod: PodId;
  readonly state: 'gone' | 'terminating' | 'held' | 'alive';
  readonly detail: string;
}

/** How far one owner is with replacing what was killed. */
export interface OwnerState {
  readonly owner: OwnerId;
  readonly healed: boolean;
  readonly detail: string;
}

export interface Healing {
  readonly pods: readonly PodFate[];
  readonly owners: readonly OwnerState[];
  /** What others changed on the owners since the last reading. */
  readonly drift: readonly Drift[];
}

/** Reads what became of killed pods, and whether those who own them have as many ready replicas as before. */
export async function readHealing(
  namespace: string,
  killed: readonly PodId[],
  owners: readonly OwnerId[],
  context: DriverContext,
  memory: ObjectMemory,
): Promise<Healing> {
  const seen = lookAtOwners(owners, memory);
  const pods = await listPods(namespace, context);
  const now = createOwners(namespace, pods, context);
  const found = await Promise.all(owners.map(async (owner) => now.named(owner)));
  seen(found);
  return {
    pods: killed.map((pod) => fateOf(pod, pods)),
    owners: owners.map((owner, index) => stateOf(owner, found[index])),
    drift: owners.flatMap((owner) => memory.tell(owner) ?? []),
  };
}

function fateOf(pod: PodId, pods: readonly KubernetesObject[]): PodFate {
  const object = pods.find(({ metadata }) => metadata.uid === pod.uid);
  if (object === undefined) return { pod, state: 'gone', detail: `${pod.name} is gone` };
  if (!isTerminating(object)) return { pod, state: 'alive', detail: `${pod.name} is there as before` };
  const { finalizers = [] } = object.metadata;
  if (finalizers.length > 0) {
    return { pod, state: 'held', detail: `${pod.name} is held back by finalizer ${finalizers.join(', ')}` };
  }
  const { nodeName } = (object['spec'] ?? {}) as { readonly nodeName?: string };
  const where = nodeName === undefined ? '' : ` on node ${nodeName}`;
  return { pod, state: 'terminating', detail: `${pod.name} is terminating${where}` };
}

/** Who wants fewer replicas by now needs no more; who had not all of them ready before need not have them after. */
function stateOf(owner: OwnerId, now: Owner | undefined): OwnerState {
  const name = describeRef(owner);
  if (now === undefined) {
    return { owner, healed: false, detail: `${name} is not there any more, so nothing replaces its pods` };
  }
  const needed = Math.min(owner.ready, now.desired);
  return { owner, healed: now.ready >= needed, detail: `${name} has ${now.ready} of ${needed} ready replicas` };
}
