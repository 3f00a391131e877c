import { resourceName } from './catalogue/kind.ts';
import type { Catalogue } from './catalogue/catalogue.ts';
import type { VersionedStore } from './store.ts';

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

/** Gives every namespace its default service account and phase, and empties those that go. Returns how to stop. */
export function keepNamespaces(store: VersionedStore, catalogue: Catalogue): () => void {
  return store.watch('namespaces', ({ type, object }) => {
    const { name } = object.metadata;
    if (type === 'ADDED') welcome(store, name);
    if (type === 'DELETED') empty(store, catalogue, name);
  });
}

function welcome(store: VersionedStore, namespace: string): void {
  if (!store.get('serviceaccounts', namespace, 'default')) {
    const metadata = { name: 'default', namespace };
    store.create('serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata });
  }
  const current = store.get('namespaces', undefined, namespace);
  if (current && current['status'] === undefined) {
    store.updateStatus('namespaces', undefined, namespace, { phase: 'Active' });
  }
}

function empty(store: VersionedStore, catalogue: Catalogue, namespace: string): void {
  for (const kind of catalogue.kinds()) {
    const resource = resourceName(kind);
    for (const { metadata } of store.list(resource, namespace)) {
      if (store.get(resource, namespace, metadata.name)) store.remove(resource, namespace, metadata.name);
    }
  }
}
