/** A Kubernetes object inside the sandbox; free-form beyond metadata. */
export interface StoredObject {
  apiVersion: string;
  kind: string;
  metadata: StoredMeta;
  // Objects of every kind live in one store, so fields beyond metadata are untyped here.
  [field: string]: unknown;
}

export interface StoredMeta {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: {
    apiVersion: string;
    kind: string;
    name: string;
    uid: string;
    controller?: boolean;
    blockOwnerDeletion?: boolean;
  }[];
  [field: string]: unknown;
}

export interface StoreEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: StoredObject;
}

/**
 * What controllers, mesh and operator of the sandbox see of the API server: its objects, without HTTP, admission or
 * rights. `resource` is `plural` for the core group and `plural.group` otherwise, e.g. `pods`,
 * `virtualservices.networking.istio.io` (every served version is the same object). Returned objects must not be
 * changed; writes take copies. Writes throw an Error with a numeric `code` (404, 409, 422) as the API would answer.
 */
export interface Store {
  get(resource: string, namespace: string | undefined, name: string): StoredObject | undefined;
  list(resource: string, namespace?: string): StoredObject[];
  create(resource: string, object: StoredObject): StoredObject;
  /** Replaces everything but status; bumps generation when spec changed. 409 on a stale resourceVersion, if given. */
  update(resource: string, object: StoredObject): StoredObject;
  updateStatus(resource: string, namespace: string | undefined, name: string, status: unknown): StoredObject;
  /**
   * Marks for deletion when finalizers hold it, else removes it and what it owns. A pod on a node that is given a grace
   * period (`default`: its own) is only marked, and the kubelet ends and removes it; without one it goes at once.
   */
  remove(
    resource: string,
    namespace: string | undefined,
    name: string,
    options?: { readonly gracePeriodSeconds?: number | 'default' },
  ): void;
  /** Synchronous notification after each write; existing objects first, as ADDED. Returns how to stop. */
  watch(resource: string, listener: (event: StoreEvent) => void): () => void;
}
