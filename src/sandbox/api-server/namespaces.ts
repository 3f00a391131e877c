import type { StoredObject } from '../store.ts';
import { isObject } from './json.ts';
import type { RemoveOptions } from './removal.ts';
import type { VersionedStore } from './store.ts';

/** How long a namespace that was deleted keeps what is in it, milliseconds; real clusters take longer. */
const GRACE = 50;

/** Namespaces a cluster is born with. */
export function createDefaultNamespaces(store: VersionedStore): void {
  for (const name of ['default', 'kube-system', 'kube-public', 'kube-node-lease']) {
    if (store.get('namespaces', undefined, name)) continue;
    store.create('namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    });
  }
}

/** Gives every namespace its phase, and empties those that are deleted. Returns how to stop. */
export function keepNamespaces(store: VersionedStore): () => void {
  const timers = new Set<NodeJS.Timeout>();
  const stopWatch = store.watch('namespaces', ({ type, object }) => {
    const { name, deletionTimestamp } = object.metadata;
    if (type === 'ADDED') welcome(store, name);
    if (type === 'DELETED') empty(store, name, {});
    if (type === 'MODIFIED' && deletionTimestamp && phaseOf(object) !== 'Terminating') {
      store.updateStatus('namespaces', undefined, name, { phase: 'Terminating' });
      timers.add(setTimeout(() => finish(store, name), GRACE));
    }
  });
  const stopContents = store.onChange(({ type, object }) => {
    const { namespace } = object.metadata;
    if (type !== 'DELETED' || namespace === undefined) return;
    const holder = store.get('namespaces', undefined, namespace);
    if (holder?.metadata.deletionTimestamp && contents(store, namespace).length === 0) release(store, holder);
  });
  return () => {
    stopWatch();
    stopContents();
    for (const timer of timers) clearTimeout(timer);
  };
}

function welcome(store: VersionedStore, namespace: string): void {
  const current = store.get('namespaces', undefined, namespace);
  if (current && current['status'] === undefined) {
    store.updateStatus('namespaces', undefined, namespace, { phase: 'Active' });
  }
}

function finish(store: VersionedStore, name: string): void {
  empty(store, name, { gracePeriodSeconds: 'default' });
  const namespace = store.get('namespaces', undefined, name);
  if (namespace && contents(store, name).length === 0) release(store, namespace);
}

/** Lets a namespace go by emptying the list of those who hold it. */
function release(store: VersionedStore, namespace: StoredObject): void {
  const next = structuredClone(namespace);
  if (isObject(next['spec'])) next['spec']['finalizers'] = [];
  store.update('namespaces', next);
}

function empty(store: VersionedStore, namespace: string, options: RemoveOptions): void {
  for (const { resource, object } of contents(store, namespace)) {
    const { name } = object.metadata;
    if (store.get(resource, namespace, name)) store.remove(resource, namespace, name, options);
  }
}

function contents(store: VersionedStore, namespace: string): { resource: string; object: StoredObject }[] {
  return store
    .resources()
    .flatMap((resource) => store.list(resource, namespace).map((object) => ({ resource, object })));
}

function phaseOf(namespace: StoredObject): unknown {
  return isObject(namespace['status']) ? namespace['status']['phase'] : undefined;
}
