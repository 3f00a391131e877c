import type { Store } from '../store.ts';
import { controllerReference, isReady, splitKey } from './kinds.ts';
import type { Pod, ReplicaSet } from './kinds.ts';
import { nameSuffix } from './names.ts';
import { withSidecar } from './sidecar-injector.ts';
import { activePodsOf, watchOwners } from './watch-owners.ts';

/** Keeps as many pods as each ReplicaSet wants. Returns how to stop. */
export function startReplicaSetController(store: Store, random: () => number): () => void {
  return watchOwners(store, 'replicasets.apps', 'pods', (key) => reconcile(store, random, key));
}

function reconcile(store: Store, random: () => number, key: string): void {
  const { namespace, name } = splitKey(key);
  const set = store.get('replicasets.apps', namespace, name) as ReplicaSet | undefined;
  if (!set || set.metadata.deletionTimestamp !== undefined) return;
  const wanted = set.spec.replicas ?? 1;
  const pods = activePodsOf(store, set);
  for (let missing = wanted - pods.length; missing > 0; missing -= 1) createPod(store, random, set);
  for (const pod of leastWanted(pods).slice(0, Math.max(0, pods.length - wanted))) {
    store.remove('pods', namespace, pod.metadata.name, { gracePeriodSeconds: 'default' });
  }
  noteStatus(store, set);
}

/** Unready pods go first, then the youngest. */
function leastWanted(pods: readonly Pod[]): Pod[] {
  return pods.toSorted((a, b) => Number(isReady(a)) - Number(isReady(b)) || age(b).localeCompare(age(a)));
}

function age(pod: Pod): string {
  return pod.metadata.creationTimestamp ?? '';
}

function createPod(store: Store, random: () => number, set: ReplicaSet): void {
  const { metadata, spec } = set.spec.template;
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...metadata,
      name: `${set.metadata.name}-${nameSuffix(random)}`,
      generateName: `${set.metadata.name}-`,
      namespace: set.metadata.namespace,
      ownerReferences: controllerReference(set),
    },
    spec,
    status: { phase: 'Pending' },
  };
  const namespace = store.get('namespaces', undefined, set.metadata.namespace ?? '');
  store.create('pods', withSidecar(pod, namespace?.metadata.labels));
}

function noteStatus(store: Store, set: ReplicaSet): void {
  const pods = activePodsOf(store, set);
  const ready = pods.filter(isReady).length;
  const status = {
    replicas: pods.length,
    fullyLabeledReplicas: pods.length,
    readyReplicas: ready,
    availableReplicas: ready,
    observedGeneration: set.metadata.generation ?? 1,
  };
  const shown = Object.fromEntries(Object.entries(status).filter(([name, count]) => name === 'replicas' || count > 0));
  const { namespace, name } = set.metadata;
  if (JSON.stringify(shown) !== JSON.stringify(set.status)) {
    store.updateStatus('replicasets.apps', namespace, name, shown);
  }
}
