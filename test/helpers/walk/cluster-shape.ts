import type { VersionedStore } from '../../../src/sandbox/api-server/store.ts';
import type { StoredObject } from '../../../src/sandbox/store.ts';
import type { TestSandbox } from '../start-sandbox.ts';

/** What a run may leave changed: pods come and go with those who own them, and locks are looked at by themselves. */
const OTHERS = new Set(['leases.coordination.k8s.io', 'events', 'events.events.k8s.io']);

/** Every object of the sandbox as a run must leave it: `kind namespace/name` to its spec, labels, annotations and uid. */
export type ClusterShape = ReadonlyMap<string, string>;

export function clusterShape({ store }: Pick<TestSandbox, 'store'>): ClusterShape {
  const all = store as VersionedStore;
  const shape = new Map<string, string>();
  for (const resource of all.resources()) {
    if (OTHERS.has(resource)) continue;
    if (resource === 'pods') for (const [what, count] of podCounts(all.list(resource))) shape.set(what, String(count));
    else for (const object of all.list(resource)) shape.set(nameOf(object), textOf(resource, object));
  }
  return shape;
}

/** What differs, by name; empty when all is as it was. */
export function differences(before: ClusterShape, after: ClusterShape): string[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((name) => before.get(name) !== after.get(name))
    .sort();
}

export function leasesOf({ store }: Pick<TestSandbox, 'store'>): StoredObject[] {
  return store.list('leases.coordination.k8s.io').filter(({ metadata }) => metadata.name.startsWith('holdfast-'));
}

function nameOf({ kind, metadata: { namespace, name } }: StoredObject): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

function textOf(resource: string, { metadata, status: _status, ...rest }: StoredObject): string {
  const { uid, labels, annotations, finalizers } = metadata;
  // Who serves what moves with the pods.
  if (/^(endpoints|endpointslices\.)/.test(resource)) return uid ?? '';
  return JSON.stringify([uid, labels, annotations, finalizers, rest]);
}

/** How many of each application are ready. */
function podCounts(pods: readonly StoredObject[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const pod of pods) {
    const { conditions = [] } = (pod['status'] ?? {}) as { conditions?: { type: string; status: string }[] };
    const isReady = conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
    const { labels = {}, namespace } = pod.metadata;
    const what = `pods of ${namespace}/${labels['app'] ?? pod.metadata.name} ${labels['version'] ?? ''}`;
    if (isReady && pod.metadata.deletionTimestamp === undefined) counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return counts;
}
