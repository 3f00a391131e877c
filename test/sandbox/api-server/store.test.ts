import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createStore } from '../../../src/sandbox/api-server/store.ts';
import type { StoredMeta, StoredObject, StoreEvent } from '../../../src/sandbox/store.ts';

const VS = 'virtualservices.networking.istio.io';

function virtualService(name: string, spec: unknown = { hosts: [name] }, meta: Partial<StoredMeta> = {}): StoredObject {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name, namespace: 'default', ...meta },
    spec,
  };
}

describe('the store', () => {
  it('gives a new object uid, creationTimestamp, generation 1 and a resourceVersion', () => {
    const { metadata } = createStore().create(VS, virtualService('ratings'));
    expect(metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(metadata.creationTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(metadata.generation).toBe(1);
    expect(Number(metadata.resourceVersion)).toBeGreaterThan(0);
  });

  it('counts the generation up when the spec changes, not when labels or status do', () => {
    const store = createStore();
    store.create(VS, virtualService('ratings'));
    const labelled = store.update(VS, virtualService('ratings', { hosts: ['ratings'] }, { labels: { a: 'b' } }));
    const withStatus = store.updateStatus(VS, 'default', 'ratings', { ready: true });
    const changed = store.update(VS, virtualService('ratings', { hosts: ['x'] }));
    expect([labelled, withStatus, changed].map((object) => object.metadata.generation)).toEqual([1, 1, 2]);
    expect(changed['status']).toEqual({ ready: true });
  });

  it('refuses a write from a stale copy with 409 and keeps what is there', () => {
    const store = createStore();
    const first = store.create(VS, virtualService('ratings'));
    store.update(VS, virtualService('ratings', { hosts: ['new'] }));
    const stale = virtualService('ratings', { hosts: ['old'] }, { resourceVersion: first.metadata.resourceVersion });
    expect(() => store.update(VS, stale)).toThrow(expect.objectContaining({ code: 409, reason: 'Conflict' }));
    expect(store.get(VS, 'default', 'ratings')?.['spec']).toEqual({ hosts: ['new'] });
  });

  it('writes nothing and tells nobody when an update changes nothing', () => {
    const store = createStore();
    const first = store.create(VS, virtualService('ratings'));
    const events: StoreEvent[] = [];
    store.watch(VS, (event) => events.push(event));
    expect(store.update(VS, virtualService('ratings'))).toEqual(first);
    expect(events.map((event) => event.type)).toEqual(['ADDED']);
  });

  it('keeps an object with finalizers until the last one goes', () => {
    const store = createStore();
    store.create(VS, virtualService('ratings', {}, { finalizers: ['a.example/x'] }));
    store.remove(VS, 'default', 'ratings');
    expect(store.get(VS, 'default', 'ratings')?.metadata.deletionTimestamp).toBeDefined();
    store.update(VS, virtualService('ratings', {}));
    expect(store.get(VS, 'default', 'ratings')).toBeUndefined();
  });

  it('removes what a removed owner owned, over several generations, and keeps what has another owner', () => {
    const store = createStore();
    const first = store.create('deployments.apps', virtualService('d1'));
    const second = store.create('deployments.apps', virtualService('d2'));
    const set = store.create('replicasets.apps', virtualService('r', {}, { ownerReferences: [refTo(first)] }));
    store.create('pods', virtualService('p', {}, { ownerReferences: [refTo(set)] }));
    store.create('pods', virtualService('shared', {}, { ownerReferences: [refTo(first), refTo(second)] }));
    store.remove('deployments.apps', 'default', 'd1');
    expect(store.list('replicasets.apps')).toEqual([]);
    expect(store.list('pods').map((pod) => pod.metadata.name)).toEqual(['shared']);
    expect(store.list('pods')[0]?.metadata.ownerReferences).toEqual([refTo(second)]);
  });

  it('leaves a running pod to its kubelet for the grace period, and drops it at once without one', () => {
    const store = createStore();
    const pod = (name: string): StoredObject => ({
      ...virtualService(name, { nodeName: 'node-1', terminationGracePeriodSeconds: 7 }),
      kind: 'Pod',
    });
    for (const name of ['graceful', 'killed']) store.create('pods', pod(name));
    store.remove('pods', 'default', 'killed', { gracePeriodSeconds: 0 });
    store.remove('pods', 'default', 'graceful', { gracePeriodSeconds: 'default' });
    store.updateStatus('pods', 'default', 'graceful', { phase: 'Running' });
    expect(store.list('pods').map(({ metadata }) => [metadata.name, metadata.deletionGracePeriodSeconds])).toEqual([
      ['graceful', 7],
    ]);
    store.remove('pods', 'default', 'graceful');
    expect(store.list('pods')).toEqual([]);
  });

  it('leaves orphans behind when asked to, and waits for the dependents in the foreground', () => {
    const store = createStore();
    const orphaned = store.create('replicasets.apps', virtualService('orphaned'));
    store.create('pods', virtualService('p1', {}, { ownerReferences: [refTo(orphaned)] }));
    store.remove('replicasets.apps', 'default', 'orphaned', { propagation: 'Orphan' });
    expect(store.get('pods', 'default', 'p1')?.metadata.ownerReferences).toBeUndefined();

    const waiting = store.create('replicasets.apps', virtualService('waiting'));
    const held = { ownerReferences: [refTo(waiting)], finalizers: ['a.example/x'] };
    store.create('pods', virtualService('p2', {}, held));
    store.remove('replicasets.apps', 'default', 'waiting', { propagation: 'Foreground' });
    expect(store.get('replicasets.apps', 'default', 'waiting')?.metadata.finalizers).toEqual(['foregroundDeletion']);
    store.update('pods', virtualService('p2', {}, { ownerReferences: [refTo(waiting)] }));
    expect(store.list('replicasets.apps')).toEqual([]);
    expect(store.list('pods').map((pod) => pod.metadata.name)).toEqual(['p1']);
  });

  it('tells every watcher all changes in order, also when a watcher writes while it listens', () => {
    const store = createStore();
    const heard: string[] = [];
    store.watch('pods', ({ type, object }) => {
      if (type === 'ADDED') store.update('pods', { ...structuredClone(object), spec: { on: 'n1' } });
    });
    store.watch('pods', ({ type, object }) => heard.push(`${type} ${object.metadata.name}`));
    store.create('pods', virtualService('p'));
    expect(heard).toEqual(['ADDED p', 'MODIFIED p']);
  });

  it('answers 410 for a revision whose changes are forgotten', () => {
    const store = createStore(3);
    for (const name of ['a', 'b', 'c', 'd', 'e']) store.create(VS, virtualService(name));
    expect(() => store.changesSince(VS, 1)).toThrow(expect.objectContaining({ code: 410, reason: 'Expired' }));
    expect(store.changesSince(VS, store.revision() - 3)).toHaveLength(3);
  });

  it('lets a watch resumed from any revision arrive at the present objects', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 40 }), fc.nat(), (operations, cut) => {
        const store = createStore();
        const until = operations.length === 0 ? 0 : cut % operations.length;
        for (const each of operations.slice(0, until)) perform(store, each);
        const seen = new Map(store.list(VS).map((object) => [object.metadata.name, object]));
        const from = store.revision();
        for (const each of operations.slice(until)) perform(store, each);
        for (const { type, object, revision } of store.changesSince(VS, from)) {
          expect(Number(object.metadata.resourceVersion)).toBe(revision);
          if (type === 'DELETED') seen.delete(object.metadata.name);
          else seen.set(object.metadata.name, object);
        }
        expect([...seen.values()].sort(byName)).toEqual(store.list(VS).sort(byName));
      }),
    );
  });
});

type Operation = readonly ['create' | 'update' | 'remove', string, number];

const operation: fc.Arbitrary<Operation> = fc.tuple(
  fc.constantFrom('create' as const, 'update' as const, 'remove' as const),
  fc.constantFrom('a', 'b', 'c'),
  fc.nat({ max: 3 }),
);

function perform(store: ReturnType<typeof createStore>, [action, name, weight]: Operation): void {
  const exists = store.get(VS, 'default', name) !== undefined;
  if (action === 'create' && !exists) store.create(VS, virtualService(name, { weight }));
  if (action === 'update' && exists) store.update(VS, virtualService(name, { weight }));
  if (action === 'remove' && exists) store.remove(VS, 'default', name);
}

function byName(a: StoredObject, b: StoredObject): number {
  return a.metadata.name.localeCompare(b.metadata.name);
}

function refTo(owner: StoredObject): NonNullable<StoredMeta['ownerReferences']>[number] {
  const { apiVersion, kind, metadata } = owner;
  return { apiVersion, kind, name: metadata.name, uid: metadata.uid ?? '' };
}
