import type { Store } from '../store.ts';
import { controllerReference, isReady, splitKey } from './kinds.ts';
import type { DaemonSet } from './kinds.ts';
import { nameSuffix, templateHash } from './names.ts';
import { nodesFor } from './node-list.ts';
import { activePodsOf, watchOwners } from './watch-owners.ts';

const HASH = 'controller-revision-hash';

/** Keeps one pod of each DaemonSet on every node that its template selects. Returns how to stop. */
export function startDaemonSetController(store: Store, random: () => number): () => void {
  return watchOwners(store, 'daemonsets.apps', 'pods', (key) => reconcile(store, random, key));
}

function reconcile(store: Store, random: () => number, key: string): void {
  const { namespace, name } = splitKey(key);
  const set = store.get('daemonsets.apps', namespace, name) as DaemonSet | undefined;
  if (!set || set.metadata.deletionTimestamp !== undefined) return;
  const nodes = nodesFor(set.spec.template.spec.nodeSelector).map((node) => node.name);
  const hash = templateHash(set.spec.template);
  for (const pod of activePodsOf(store, set)) {
    const fits = pod.metadata.labels?.[HASH] === hash && nodes.includes(pod.spec.nodeName ?? '');
    if (!fits) store.remove('pods', namespace, pod.metadata.name, { gracePeriodSeconds: 'default' });
  }
  const kept = activePodsOf(store, set);
  for (const node of nodes) {
    if (!kept.some((pod) => pod.spec.nodeName === node)) createPod(store, random, set, node, hash);
  }
  noteStatus(store, set, nodes.length);
}

function createPod(store: Store, random: () => number, set: DaemonSet, nodeName: string, hash: string): void {
  const { metadata, spec } = set.spec.template;
  store.create('pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...metadata,
      labels: { ...metadata?.labels, [HASH]: hash },
      name: `${set.metadata.name}-${nameSuffix(random)}`,
      generateName: `${set.metadata.name}-`,
      namespace: set.metadata.namespace,
      ownerReferences: controllerReference(set),
    },
    spec: { ...spec, nodeName },
    status: { phase: 'Pending' },
  });
}

function noteStatus(store: Store, set: DaemonSet, wanted: number): void {
  const pods = activePodsOf(store, set);
  const ready = pods.filter(isReady).length;
  const status = {
    currentNumberScheduled: pods.length,
    desiredNumberScheduled: wanted,
    numberAvailable: ready,
    numberMisscheduled: 0,
    numberReady: ready,
    observedGeneration: set.metadata.generation ?? 1,
    updatedNumberScheduled: pods.length,
  };
  const { namespace, name } = set.metadata;
  if (JSON.stringify(status) !== JSON.stringify(set['status'])) {
    store.updateStatus('daemonsets.apps', namespace, name, status);
  }
}
