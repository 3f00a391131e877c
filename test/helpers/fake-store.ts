import type { DeleteOptions, ObjectKey, Resource, WatchEvent } from '../../src/cluster/cluster.ts';
import { HoldfastError, type ErrorCode } from '../../src/model/errors.ts';
import type { KubernetesObject, ObjectMeta } from '../../src/model/kubernetes.ts';

type Listener = (event: WatchEvent, resource: Resource) => void;

/** Objects by identity, with the API server's rules for uid, resourceVersion, generation, finalizers and conflicts. */
export interface FakeStore {
  get(resource: Resource, key: ObjectKey): KubernetesObject | undefined;
  all(resource?: Resource): readonly KubernetesObject[];
  create(resource: Resource, object: KubernetesObject): KubernetesObject;
  replace(resource: Resource, object: KubernetesObject): KubernetesObject;
  remove(resource: Resource, key: ObjectKey, options?: DeleteOptions): void;
  subscribe(listener: Listener): () => void;
}

interface Entry {
  readonly resource: Resource;
  readonly object: KubernetesObject;
}

/** An empty store; versions count up from 1, creation times go up by a second per object. */
export function createFakeStore(): FakeStore {
  const entries = new Map<string, Entry>();
  const listeners = new Set<Listener>();
  let version = 0;
  let created = 0;

  const put = (resource: Resource, object: KubernetesObject, type: WatchEvent['type']): KubernetesObject => {
    version += 1;
    const stored = withMeta(object, { resourceVersion: String(version) });
    if (type === 'DELETED') entries.delete(identity(resource, object.metadata));
    else entries.set(identity(resource, object.metadata), { resource, object: stored });
    for (const listener of listeners) listener({ type, object: structuredClone(stored) }, resource);
    return structuredClone(stored);
  };
  const find = (resource: Resource, key: ObjectKey) => entries.get(identity(resource, key))?.object;

  return {
    get: (resource, key) => structuredClone(find(resource, key)),
    all: (resource) =>
      [...entries.values()]
        .filter((entry) => resource === undefined || sameResource(entry.resource, resource))
        .map((entry) => structuredClone(entry.object)),
    create(resource, object) {
      if (find(resource, object.metadata))
        throw failure('API_CONFLICT', 409, resource, object.metadata, 'already exists');
      created += 1;
      const time = new Date(Date.UTC(2025, 0, 1) + created * 1000).toISOString().replace('.000Z', 'Z');
      const meta = { uid: `uid-${created}`, creationTimestamp: time, ...object.metadata, generation: 1 };
      return put(resource, structuredClone({ ...object, metadata: meta }), 'ADDED');
    },
    replace(resource, object) {
      const now = find(resource, object.metadata);
      if (!now) throw failure('API_NOT_FOUND', 404, resource, object.metadata, 'not found');
      checkVersion(resource, object, now);
      return replaceWith(resource, object, now, put);
    },
    remove(resource, key, options) {
      const now = find(resource, key);
      if (!now) return;
      checkPreconditions(resource, now, options);
      if ((now.metadata.finalizers ?? []).length === 0) put(resource, now, 'DELETED');
      else put(resource, withMeta(now, { deletionTimestamp: '2025-01-02T00:00:00Z' }), 'MODIFIED');
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function replaceWith(
  resource: Resource,
  object: KubernetesObject,
  now: KubernetesObject,
  put: (resource: Resource, object: KubernetesObject, type: WatchEvent['type']) => KubernetesObject,
): KubernetesObject {
  const { uid, creationTimestamp, deletionTimestamp, generation = 1, resourceVersion } = now.metadata;
  const same = JSON.stringify(object['spec']) === JSON.stringify(now['spec']);
  const kept = { uid, creationTimestamp, generation: same ? generation : generation + 1, resourceVersion };
  const next = withMeta(structuredClone(object), { ...kept, ...(deletionTimestamp && { deletionTimestamp }) });
  if (JSON.stringify(next) === JSON.stringify(now)) return structuredClone(now);
  const finished = deletionTimestamp !== undefined && (next.metadata.finalizers ?? []).length === 0;
  return put(resource, next, finished ? 'DELETED' : 'MODIFIED');
}

function checkVersion(resource: Resource, object: KubernetesObject, now: KubernetesObject): void {
  const { resourceVersion, uid } = object.metadata;
  if (resourceVersion === undefined) {
    const text = 'metadata.resourceVersion: Invalid value: 0x0: must be specified for an update';
    throw failure('API_REFUSED', 422, resource, object.metadata, text);
  }
  if (resourceVersion !== now.metadata.resourceVersion || (uid !== undefined && uid !== now.metadata.uid)) {
    throw failure('API_CONFLICT', 409, resource, object.metadata, 'the object has been modified');
  }
}

function checkPreconditions(resource: Resource, now: KubernetesObject, options: DeleteOptions = {}): void {
  const { uid, resourceVersion } = now.metadata;
  if (options.uid !== undefined && options.uid !== uid) {
    throw failure('API_CONFLICT', 409, resource, now.metadata, 'the UID in the precondition does not match');
  }
  if (options.resourceVersion !== undefined && options.resourceVersion !== resourceVersion) {
    throw failure(
      'API_CONFLICT',
      409,
      resource,
      now.metadata,
      'the ResourceVersion in the precondition does not match',
    );
  }
}

function failure(code: ErrorCode, status: number, resource: Resource, key: ObjectKey, text: string): HoldfastError {
  const where = `${resource.kind} ${key.namespace === undefined ? '' : `${key.namespace}/`}${key.name}`;
  return new HoldfastError(code, { message: `${where}: ${text}`, where, status });
}

function identity(resource: Resource, key: ObjectKey): string {
  return [resource.group, resource.plural, resource.namespaced ? (key.namespace ?? '') : '', key.name].join('/');
}

function sameResource(a: Resource, b: Resource): boolean {
  return a.group === b.group && a.plural === b.plural;
}

function withMeta(object: KubernetesObject, meta: Partial<ObjectMeta>): KubernetesObject {
  return { ...object, metadata: { ...object.metadata, ...meta } };
}
