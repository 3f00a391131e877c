import type { Store } from '../store.ts';

/** Gives every namespace its `default` service account. Returns how to stop. */
export function startServiceAccountController(store: Store): () => void {
  const pending = new Set<NodeJS.Immediate>();
  const stop = store.watch('namespaces', ({ type, object }) => {
    if (type !== 'ADDED') return;
    const later = setImmediate(() => {
      pending.delete(later);
      ensureDefault(store, object.metadata.name);
    });
    pending.add(later);
  });
  return () => {
    stop();
    for (const later of pending) clearImmediate(later);
  };
}

function ensureDefault(store: Store, namespace: string): void {
  if (store.get('serviceaccounts', namespace, 'default')) return;
  if (!store.get('namespaces', undefined, namespace)) return;
  store.create('serviceaccounts', {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default', namespace },
  });
}
