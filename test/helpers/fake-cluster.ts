import type {
  AccessRequest,
  CallOptions,
  Cluster,
  HttpAnswer,
  ObjectKey,
  PortForward,
  Resource,
  WriteResult,
} from '../../src/cluster/cluster.ts';
import { applyPatch, type Operation } from 'rfc6902';
import { HoldfastError } from '../../src/model/errors.ts';
import type { KubernetesObject, ObjectRef } from '../../src/model/kubernetes.ts';
import { FAKE_RESOURCES } from './fake-resources.ts';
import { createFakeStore, type FakeStore } from './fake-store.ts';
import { matchesFields, matchesLabels } from './selectors.ts';

export interface FakeWrite {
  readonly verb: 'create' | 'replace' | 'patch' | 'remove';
  readonly resource: Resource;
  readonly key: ObjectKey;
  /** What was sent; absent on `remove`. */
  readonly object?: KubernetesObject;
  /** Counts every write sent through the port, from 1. */
  readonly n: number;
}

export interface FakeClusterOptions {
  /** What is served; default `FAKE_RESOURCES`. */
  readonly resources?: readonly Resource[];
  /** SelfSubjectAccessReview; default everything. */
  readonly allowed?: (request: AccessRequest) => boolean;
  /** The API server's clock; default it does not say. */
  readonly serverTime?: () => number;
  readonly podProxy?: (pod: Required<ObjectKey>, port: number, path: string) => HttpAnswer | Promise<HttpAnswer>;
  readonly portForward?: (
    pod: Required<ObjectKey>,
    port: number,
    options: CallOptions,
  ) => PortForward | Promise<PortForward>;
  /** Runs before a write is applied: may edit other objects through the fake, or throw to refuse the write. */
  readonly beforeWrite?: (write: FakeWrite, cluster: FakeCluster) => void | Promise<void>;
  /** Runs after a write was applied: throwing here is the write that worked but whose answer was lost. */
  readonly afterWrite?: (write: FakeWrite, cluster: FakeCluster) => void | Promise<void>;
  /** Runs before every read, list and pod proxy call; may throw. */
  readonly beforeRead?: (what: string, cluster: FakeCluster) => void | Promise<void>;
  readonly warnings?: (write: FakeWrite) => readonly string[];
}

/** The Cluster port in memory, plus what a test does behind the runner's back. */
export interface FakeCluster extends Cluster {
  readonly writes: readonly FakeWrite[];
  readonly store: FakeStore;
  /** A copy of one object; throws when it does not exist. */
  peek(kind: string, key: ObjectKey): KubernetesObject;
  has(kind: string, key: ObjectKey): boolean;
  /** Somebody else's write, past all hooks: creates or replaces. */
  put(object: KubernetesObject): KubernetesObject;
  /** Somebody else's edit of one object: `change` edits a copy in place. */
  edit(kind: string, key: ObjectKey, change: (object: EditableObject) => void): void;
  /** Somebody else's delete. */
  drop(kind: string, key: ObjectKey): void;
}

/** A copy that a test may edit in place. */
export interface EditableObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    finalizers?: string[];
    resourceVersion?: string;
  };
  spec?: Record<string, unknown>;
  data?: Record<string, string>;
  status?: Record<string, unknown>;
  [field: string]: unknown;
}

/** A cluster in memory that holds `objects`. Each object needs apiVersion, kind and metadata.name. */
export function createFakeCluster(
  objects: readonly KubernetesObject[] = [],
  options: FakeClusterOptions = {},
): FakeCluster {
  const store = createFakeStore();
  const writes: FakeWrite[] = [];
  const resources = options.resources ?? FAKE_RESOURCES;
  const byKind = (kind: string) => resources.find((resource) => resource.kind === kind) ?? unknownKind(kind);

  const write = async (draft: Omit<FakeWrite, 'n'>, act: () => KubernetesObject): Promise<WriteResult> => {
    const entry = { ...draft, n: writes.length + 1 };
    writes.push(entry);
    await options.beforeWrite?.(entry, cluster);
    const object = act();
    await options.afterWrite?.(entry, cluster);
    return { object, warnings: options.warnings?.(entry) ?? [] };
  };

  const cluster: FakeCluster = {
    context: 'fake',
    server: 'https://fake.invalid',
    kubectl: 'kubectl --context fake',
    writes,
    store,
    serverVersion: async () => 'v1.33.0',
    ...reading(store, resources, options, () => cluster),
    create: (resource, object) =>
      write({ verb: 'create', resource, key: keyOf(object), object: structuredClone(object) }, () =>
        store.create(resource, object),
      ),
    replace: (resource, object) =>
      write({ verb: 'replace', resource, key: keyOf(object), object: structuredClone(object) }, () =>
        store.replace(resource, object),
      ),
    patchJson: (resource, key, operations) =>
      write({ verb: 'patch', resource, key }, () => {
        const now = store.get(resource, key) ?? unknownKind(`${resource.kind} ${key.name}`);
        const failed = applyPatch(now, [...operations] as Operation[]).find((it) => it !== null);
        if (failed) throw new HoldfastError('API_REFUSED', { message: failed.message, status: 422 });
        return store.replace(resource, now);
      }),
    async remove(resource, key, removal) {
      const gone = store.get(resource, key);
      await write({ verb: 'remove', resource, key }, () => {
        store.remove(resource, key, removal);
        return gone ?? { apiVersion: 'v1', kind: resource.kind, metadata: { ...key } };
      });
    },
    close: async () => {},
    peek: (kind, key) => store.get(byKind(kind), key) ?? unknownKind(`${kind} ${key.namespace ?? ''}/${key.name}`),
    has: (kind, key) => store.get(byKind(kind), key) !== undefined,
    put(object) {
      const resource = byKind(object.kind);
      const now = store.get(resource, keyOf(object));
      if (!now) return store.create(resource, object);
      const { resourceVersion, uid } = now.metadata;
      return store.replace(resource, { ...object, metadata: { ...object.metadata, resourceVersion, uid } });
    },
    edit(kind, key, change) {
      const copy = cluster.peek(kind, key);
      change(copy as EditableObject);
      store.replace(byKind(kind), copy);
    },
    drop: (kind, key) => store.remove(byKind(kind), key),
  };
  for (const object of objects) cluster.put(object);
  return cluster;
}

function reading(
  store: FakeStore,
  resources: readonly Resource[],
  options: FakeClusterOptions,
  self: () => FakeCluster,
): Pick<
  Cluster,
  'resource' | 'resourceOf' | 'read' | 'list' | 'watch' | 'allowed' | 'serverTime' | 'podProxyGet' | 'portForward'
> {
  const visible = (
    object: KubernetesObject,
    wanted: { namespace?: string; labelSelector?: string; fieldSelector?: string },
  ) =>
    (wanted.namespace === undefined || object.metadata.namespace === wanted.namespace) &&
    matchesLabels(object, wanted.labelSelector) &&
    matchesFields(object, wanted.fieldSelector);
  return {
    resource: async (group, plural) =>
      resources.find((resource) => resource.group === group && resource.plural === plural),
    resourceOf: async (ref) =>
      resources.find((resource) => resource.kind === ref.kind && inGroup(resource, ref)) ?? unknownKind(ref.kind),
    async read(resource, key) {
      await options.beforeRead?.(`read ${resource.plural} ${key.namespace ?? ''}/${key.name}`, self());
      return store.get(resource, key);
    },
    async list(resource, wanted = {}) {
      await options.beforeRead?.(`list ${resource.plural} ${wanted.namespace ?? ''}`, self());
      return store.all(resource).filter((object) => visible(object, wanted));
    },
    async watch(resource, wanted, onEvent) {
      for (const object of store.all(resource)) if (visible(object, wanted)) onEvent({ type: 'ADDED', object });
      const stop = store.subscribe((event, of) => {
        if (of.plural === resource.plural && of.group === resource.group && visible(event.object, wanted))
          onEvent(event);
      });
      await aborted(wanted.signal);
      stop();
    },
    allowed: async (request) => options.allowed?.(request) ?? true,
    serverTime: async () => options.serverTime?.(),
    async podProxyGet(pod, port, path) {
      await options.beforeRead?.(`proxy ${pod.namespace}/${pod.name}:${port}${path}`, self());
      return options.podProxy?.(pod, port, path) ?? { status: 404, body: '' };
    },
    async portForward(pod, port, call = {}) {
      if (!options.portForward)
        throw new HoldfastError('API_REFUSED', { message: 'no port-forward here', status: 403 });
      return options.portForward(pod, port, call);
    },
  };
}

function inGroup(resource: Resource, ref: Pick<ObjectRef, 'apiVersion'>): boolean {
  const [group, version] = ref.apiVersion.split('/');
  return version === undefined ? resource.group === '' : resource.group === group;
}

function keyOf(object: KubernetesObject): ObjectKey {
  const { namespace, name } = object.metadata;
  return namespace === undefined ? { name } : { namespace, name };
}

function unknownKind(kind: string): never {
  throw new HoldfastError('API_NOT_FOUND', { message: `${kind} is not here`, status: 404 });
}

function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve();
    else signal?.addEventListener('abort', () => resolve(), { once: true });
  });
}
