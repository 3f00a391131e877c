import type { Store } from '../store.ts';
import { isActive, isOwnedBy, keyOf } from './kinds.ts';
import type { Pod } from './kinds.ts';
import { createWorkQueue } from './work-queue.ts';

/** Resources of objects that own others, and which kind the others' owner references call them. */
const KINDS = {
  'deployments.apps': 'Deployment',
  'replicasets.apps': 'ReplicaSet',
  'daemonsets.apps': 'DaemonSet',
} as const;

/** Reconciles each owner, by its key, when it or something that it owns changes. Returns how to stop. */
export function watchOwners(
  store: Store,
  owners: keyof typeof KINDS,
  owned: 'pods' | 'replicasets.apps',
  reconcile: (key: string) => void,
): () => void {
  const queue = createWorkQueue(reconcile);
  const stops = [
    store.watch(owners, ({ object }) => queue.add(keyOf(object))),
    store.watch(owned, ({ object }) => {
      const owner = object.metadata.ownerReferences?.find(({ kind }) => kind === KINDS[owners]);
      if (owner) queue.add(`${object.metadata.namespace ?? ''}/${owner.name}`);
    }),
  ];
  return () => {
    for (const stop of stops) stop();
    queue.close();
  };
}

/** The pods of an owner that count: neither finished nor on their way out. */
export function activePodsOf(store: Store, owner: Parameters<typeof isOwnedBy>[1]): Pod[] {
  const pods = store.list('pods', owner.metadata.namespace) as Pod[];
  return pods.filter((pod) => isActive(pod) && isOwnedBy(pod, owner));
}
