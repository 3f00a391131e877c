import { describe, expect, it } from 'vitest';
import { createFakeCluster } from './fake-cluster.ts';

const map = (name: string, labels: Record<string, string> = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default', labels },
});
const key = { namespace: 'default', name: 'a' };

describe('the fake cluster', () => {
  it('answers 409 to a stale resourceVersion and 404 to what is not there', async () => {
    const cluster = createFakeCluster([map('a')]);
    const resource = await cluster.resourceOf({ apiVersion: 'v1', kind: 'ConfigMap' });
    const stale = cluster.peek('ConfigMap', key);
    cluster.edit('ConfigMap', key, (object) => void (object.data = { x: '1' }));
    await expect(cluster.replace(resource, stale)).rejects.toMatchObject({ code: 'API_CONFLICT' });
    await expect(cluster.replace(resource, map('b'))).rejects.toMatchObject({ code: 'API_NOT_FOUND' });
    await expect(cluster.create(resource, map('a'))).rejects.toMatchObject({ code: 'API_CONFLICT' });
    await expect(cluster.remove(resource, key, { uid: 'other' })).rejects.toMatchObject({ code: 'API_CONFLICT' });
  });

  it('selects by label and namespace, and tells watchers', async () => {
    const cluster = createFakeCluster([map('a', { app: 'x' }), map('b', { app: 'y' })]);
    const resource = await cluster.resourceOf({ apiVersion: 'v1', kind: 'ConfigMap' });
    const stop = new AbortController();
    const seen: string[] = [];
    const watching = cluster.watch(resource, { labelSelector: 'app in (x,z)', signal: stop.signal }, (event) =>
      seen.push(`${event.type} ${event.object.metadata.name}`),
    );
    cluster.put(map('c', { app: 'z' }));
    cluster.drop('ConfigMap', key);
    stop.abort();
    await watching;
    expect(seen).toEqual(['ADDED a', 'ADDED c', 'DELETED a']);
    expect((await cluster.list(resource, { labelSelector: 'app!=y' })).map((o) => o.metadata.name)).toEqual(['c']);
    expect(await cluster.list(resource, { namespace: 'other' })).toEqual([]);
  });

  it('keeps a write whose answer was lost', async () => {
    const cluster = createFakeCluster([], {
      afterWrite: () => {
        throw new Error('reset');
      },
    });
    const resource = await cluster.resourceOf({ apiVersion: 'v1', kind: 'ConfigMap' });
    await expect(cluster.create(resource, map('a'))).rejects.toThrow('reset');
    expect(cluster.has('ConfigMap', key)).toBe(true);
  });

  it('keeps an object with a finalizer until the finalizer goes', async () => {
    const cluster = createFakeCluster([{ ...map('a'), metadata: { ...map('a').metadata, finalizers: ['x/y'] } }]);
    cluster.drop('ConfigMap', key);
    expect(cluster.peek('ConfigMap', key).metadata.deletionTimestamp).toBeDefined();
    cluster.edit('ConfigMap', key, (object) => void (object.metadata.finalizers = []));
    expect(cluster.has('ConfigMap', key)).toBe(false);
  });
});
