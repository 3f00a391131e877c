import type { VersionedStore } from '../../../src/sandbox/api-server/store.ts';
import type { StoredObject } from '../../../src/sandbox/store.ts';
import type { TestSandbox } from '../start-sandbox.ts';

/** All that a run may not change: every object of every kind, the pods by what they are, and the faults on the network. */
export type Snapshot = ReadonlyMap<string, string>;

/** Come and go by themselves when a pod is replaced, so they are compared by what their pods are. */
const OF_PODS = new Set(['pods', 'endpoints', 'endpointslices.discovery.k8s.io', 'events']);

/** What a sandbox holds now, apart from status, versions and who wrote when. */
export function takeSnapshot({ store, network }: Pick<TestSandbox, 'store' | 'network'>): Snapshot {
  const found = new Map<string, string>();
  for (const resource of (store as VersionedStore).resources()) {
    if (OF_PODS.has(resource)) continue;
    for (const object of store.list(resource)) found.set(nameOf(resource, object), JSON.stringify(contentOf(object)));
  }
  const pods = store.list('pods');
  for (const pod of pods) {
    const key = `pod ${JSON.stringify([pod.metadata.namespace, pod.metadata.labels, readinessOf(pod)])}`;
    found.set(key, String(Number(found.get(key) ?? 0) + 1));
  }
  const namespaces = [
    ...pods.map((pod) => ({ kind: 'pod', ip: (pod['status'] as { podIP?: string }).podIP ?? '' }) as const),
    ...store.list('nodes').map(({ metadata }) => ({ kind: 'node', name: metadata.name }) as const),
  ];
  for (const namespace of namespaces) {
    for (const device of network.faults.interfaces(namespace)) {
      const fault = network.faults.armed(namespace, device);
      if (fault !== undefined)
        found.set(`network fault on ${JSON.stringify(namespace)} ${device}`, JSON.stringify(fault));
    }
  }
  return found;
}

/** What differs, a line each; empty when nothing does. */
export function differences(before: Snapshot, after: Snapshot): readonly string[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((key) => {
    const [was, is] = [before.get(key), after.get(key)];
    if (was === is) return [];
    if (was === undefined) return [`left behind: ${key} ${is}`];
    if (is === undefined) return [`gone: ${key}`];
    return [`changed: ${key}\n  was ${was}\n  is  ${is}`];
  });
}

/** Whether an object carries a mark of ours; locks are told by themselves. */
export function markedObjects({ store }: Pick<TestSandbox, 'store'>): readonly string[] {
  return (store as VersionedStore)
    .resources()
    .filter((resource) => resource !== 'leases.coordination.k8s.io')
    .flatMap((resource) => store.list(resource).map((object) => [nameOf(resource, object), object] as const))
    .filter(([, { metadata }]) => JSON.stringify([metadata.labels, metadata.annotations]).includes('holdfast.dev/'))
    .map(([name]) => name);
}

function nameOf(resource: string, { metadata }: StoredObject): string {
  return `${resource} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`;
}

/** A recreated object is another one, so the uid belongs to it. */
function contentOf({ apiVersion: _version, status: _status, metadata, ...body }: StoredObject): unknown {
  const { uid, labels, annotations, finalizers, ownerReferences, deletionTimestamp } = metadata;
  return { uid, labels, annotations, finalizers, ownerReferences, deletionTimestamp, ...body };
}

function readinessOf(pod: StoredObject): string {
  if (pod.metadata.deletionTimestamp !== undefined) return 'terminating';
  const { conditions = [] } = (pod['status'] ?? {}) as {
    readonly conditions?: readonly { type: string; status: string }[];
  };
  return conditions.some((it) => it.type === 'Ready' && it.status === 'True') ? 'ready' : 'not ready';
}
