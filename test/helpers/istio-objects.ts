import type { StoredMeta, StoredObject } from '../../src/sandbox/store.ts';

/** Where the default namespace's VirtualServices are served. */
export const VIRTUAL_SERVICES = '/apis/networking.istio.io/v1/namespaces/default/virtualservices';

/** A VirtualService in the default namespace with one route to its own host. */
export function virtualServiceNamed(name: string, meta: Partial<StoredMeta> = {}): StoredObject {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name, namespace: 'default', ...meta },
    spec: { hosts: [name], http: [{ route: [{ destination: { host: name } }] }] },
  };
}
