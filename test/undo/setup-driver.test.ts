import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HoldfastError } from '../../src/model/errors.ts';
import type { KubernetesObject } from '../../src/model/kubernetes.ts';
import { createSetupDriver } from '../../src/undo/setup-driver.ts';
import { addRecord, recordsOf } from '../../src/undo/marks.ts';
import { driverContext } from '../helpers/driver-context.ts';
import { createFakeCluster, type FakeClusterOptions } from '../helpers/fake-cluster.ts';

const key = { namespace: 'default', name: 'reviews' };
const driver = createSetupDriver();

function reviews(spec: Record<string, unknown>, metadata: Record<string, unknown> = {}): KubernetesObject {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { ...key, ...metadata },
    spec,
  };
}

const before = reviews({ hosts: ['reviews'], http: [{ route: [{ destination: { host: 'reviews', subset: 'v1' } }] }] });
const wanted = reviews(
  { http: [{ route: [{ destination: { host: 'reviews', subset: 'v3' } }] }], hosts: ['reviews'] },
  { labels: { lesson: 'fix' } },
);

/** What must be byte for byte the same again. */
function bytes(object: KubernetesObject): string {
  const { labels, annotations } = object.metadata;
  return JSON.stringify([object['spec'], labels, annotations]);
}

async function setUp(objects: KubernetesObject[], manifest: KubernetesObject, options: FakeClusterOptions = {}) {
  const cluster = createFakeCluster(objects, options);
  const context = driverContext(cluster);
  const prepared = await driver.prepare('r1', [{ file: 'setup.yaml', objects: [manifest] }], 'default', context);
  const [handle] = prepared.handles;
  if (handle === undefined) throw new Error('no handle');
  return { cluster, context, prepared, handle };
}

describe('setup', () => {
  it('replaces the spec, merges labels, and keeps the original in the same write', async () => {
    const { cluster, context, prepared, handle } = await setUp([before], wanted);
    await driver.apply(prepared, handle, context);
    const applied = cluster.peek('VirtualService', key);
    expect(applied['spec']).toEqual(wanted['spec']);
    expect(applied.metadata.labels).toEqual({
      lesson: 'fix',
      'holdfast.dev/run': 'r1',
      'holdfast.dev/setup': 'r1',
    });
    expect(recordsOf(applied)).toMatchObject([{ undo: 'restore', original: { spec: before['spec'] } }]);
    expect(cluster.writes).toHaveLength(1);
  });

  it('shows what it will do as a diff, and touches nothing while preparing', async () => {
    const { cluster, prepared } = await setUp([before], wanted);
    expect(prepared.changes[0]?.diff).toContain('+            subset: v3');
    expect(prepared.lockKeys).toEqual(['vs:default/reviews']);
    expect(cluster.writes).toEqual([]);
  });

  it('puts everything back byte for byte, and twice is as good as once', async () => {
    const { cluster, context, prepared, handle } = await setUp([before], wanted);
    const original = bytes(cluster.peek('VirtualService', key));
    await driver.apply(prepared, handle, context);
    const undone = await driver.undo(handle, context);
    expect(bytes(cluster.peek('VirtualService', key))).toBe(original);
    expect(undone.drift).toEqual([]);
    expect(undone.writtenAt).toBeDefined();
    expect((await driver.undo(handle, context)).writtenAt).toBeUndefined();
    expect(cluster.writes).toHaveLength(2);
  });

  it('creates what is missing and deletes it again', async () => {
    const { cluster, context, prepared, handle } = await setUp([], wanted);
    await driver.apply(prepared, handle, context);
    expect(cluster.peek('VirtualService', key).metadata.labels).toMatchObject({
      'app.kubernetes.io/managed-by': 'holdfast',
    });
    await driver.undo(handle, context);
    expect(cluster.has('VirtualService', key)).toBe(false);
  });

  it('keeps an object it created when somebody added to it, without our marks', async () => {
    const { cluster, context, prepared, handle } = await setUp([], wanted);
    await driver.apply(prepared, handle, context);
    cluster.edit('VirtualService', key, (object) => void (object.spec = { ...object.spec, exportTo: ['.'] }));
    const undone = await driver.undo(handle, context);
    const kept = cluster.peek('VirtualService', key);
    expect(kept['spec']).toMatchObject({ exportTo: ['.'] });
    expect(kept.metadata.labels).toEqual({ lesson: 'fix' });
    expect(undone.drift[0]?.detail).toContain('spec.exportTo changed');
  });

  it('keeps a foreign edit, takes its own away, and reports the drift', async () => {
    const { cluster, context, prepared, handle } = await setUp([before], wanted);
    await driver.apply(prepared, handle, context);
    cluster.edit('VirtualService', key, (object) => {
      object.spec = { ...object.spec, exportTo: ['.'] };
      object.metadata.labels = { ...object.metadata.labels, team: 'blue' };
    });
    const undone = await driver.undo(handle, context);
    const after = cluster.peek('VirtualService', key);
    expect(after['spec']).toEqual({ ...(before['spec'] as object), exportTo: ['.'] });
    expect(after.metadata.labels).toEqual({ team: 'blue' });
    expect(after.metadata.annotations).toBeUndefined();
    expect(undone.drift.map((entry) => entry.detail).join()).toMatch(/spec\.exportTo.*labels changed/);
  });

  it('takes defaults that the server filled in for its own, not for a foreign edit', async () => {
    const { cluster, context, prepared, handle } = await setUp([before], wanted, {
      afterWrite: (write, fake) => {
        if (write.n > 1) return;
        fake.edit('VirtualService', key, (object) => void (object.spec = { ...object.spec, exportTo: ['*'] }));
      },
    });
    const original = bytes(cluster.peek('VirtualService', key));
    // The fake answers the first write with what was sent; the lost answer makes the driver read what was stored.
    await driver.apply(prepared, handle, context);
    await driver.apply(prepared, handle, context);
    const undone = await driver.undo(handle, context);
    expect(undone.drift).toEqual([]);
    expect(bytes(cluster.peek('VirtualService', key))).toBe(original);
  });

  it('finds by itself that a write got through although its answer was lost', async () => {
    const { cluster, context, prepared, handle } = await setUp([before], wanted, {
      afterWrite: (write) => {
        if (write.n === 1) throw new HoldfastError('API_UNREACHABLE', { message: 'reset', retryable: true });
      },
    });
    await driver.apply(prepared, handle, context);
    expect(recordsOf(cluster.peek('VirtualService', key))).toHaveLength(1);
    await driver.undo(handle, context);
    expect(cluster.peek('VirtualService', key)['spec']).toEqual(before['spec']);
  });

  it('refuses an object that another run holds', async () => {
    const held = addRecord(before, {
      v: 1,
      run: 'r0',
      id: 'setup',
      undo: 'delete-if-ours',
      created: { body: '', routes: [], labels: '', annotations: '' },
    });
    const { prepared } = await setUp([held], wanted);
    expect(prepared.findings[0]).toMatchObject({ severity: 'error', code: 'SETUP_IMPOSSIBLE' });
    expect(prepared.findings[0]?.message).toContain('undo record of run r0');
    expect(prepared.findings[0]?.hint).toContain('holdfast recover --run r0');
  });

  it('refuses kinds whose leftovers it could not find, and missing rights', async () => {
    const secret = { ...wanted, apiVersion: 'v1', kind: 'Secret' };
    expect((await setUp([], secret)).prepared.findings[0]).toMatchObject({ code: 'SETUP_KIND', severity: 'error' });
    const { prepared } = await setUp([before], wanted, { allowed: (request) => request.verb !== 'update' });
    expect(prepared.findings[0]?.message).toContain('may not update virtualservices in namespace default');
  });

  it('finds what a dead run left, of any kind, and undoes it from what the object says', async () => {
    const map: KubernetesObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: key, data: { a: '1' } };
    const { cluster, context, prepared, handle } = await setUp([map], { ...map, data: { a: '2', b: '3' } });
    await driver.apply(prepared, handle, context);
    const leftovers = await driver.leftovers(context);
    expect(leftovers.map((leftover) => leftover.handle)).toEqual([handle]);
    expect(leftovers[0]?.undoCommands[0]).toBe('holdfast recover --context fake --run r1');
    for (const leftover of leftovers) await driver.undo(leftover.handle, driverContext(cluster));
    expect(cluster.peek('ConfigMap', key)['data']).toEqual({ a: '1' });
  });

  it('in the way of another run is named as status names it', async () => {
    const first = await setUp([before], wanted);
    await driver.apply(first.prepared, first.handle, first.context);
    const again = await driver.prepare(
      'r2',
      [{ file: 's.yaml', objects: [{ ...wanted, metadata: { name: 'reviews' } }] }],
      'default',
      first.context,
    );
    expect(again.findings).toMatchObject([{ code: 'SETUP_IMPOSSIBLE', where: 'VirtualService default/reviews' }]);
  });

  it('names an object whose undo record cannot be read', async () => {
    const { cluster, context, prepared, handle } = await setUp([before], wanted);
    await driver.apply(prepared, handle, context);
    cluster.edit('VirtualService', key, (object) => {
      object.metadata.annotations = { 'holdfast.dev/undo': '[{"v":9}]' };
    });
    await expect(createSetupDriver().undo(handle, context)).rejects.toMatchObject({
      code: 'ROLLBACK_FAILED',
      details: { where: 'VirtualService default/reviews' },
    });
  });

  it('keeps trying through conflicts and outages, until it is told to stop', async () => {
    const { cluster, context, prepared, handle } = await setUp([before], wanted, {
      beforeWrite: (write) => {
        if (write.n > 1 && write.n < 20) throw new HoldfastError('API_FAILED', { message: 'etcd', status: 503 });
      },
    });
    await driver.apply(prepared, handle, context);
    const stopped = driverContext(cluster, AbortSignal.abort(new Error('budget')));
    await expect(driver.undo(handle, stopped)).rejects.toMatchObject({ code: 'ROLLBACK_TIMEOUT' });
    await driver.undo(handle, context);
    expect(cluster.peek('VirtualService', key)['spec']).toEqual(before['spec']);
  });
});

describe('any setup', () => {
  // JSON knows no -0.
  // JSON has no -0.
  const json = fc
    .jsonValue({ maxDepth: 3 })
    .filter((value) => value !== null)
    .map((value) => JSON.parse(JSON.stringify(value)) as typeof value);
  const name = fc.stringMatching(/^[a-z]{1,3}$/);
  const fields = fc.dictionary(name, json, { maxKeys: 5, noNullPrototype: true });
  const values = fc.dictionary(name, name, { minKeys: 1, maxKeys: 3, noNullPrototype: true });

  it('is undone to the original bytes when nobody else edited', () =>
    fc.assert(
      fc.asyncProperty(fields, fields, fc.option(values), values, async (original, applied, labels, newLabels) => {
        const object = reviews(original, labels ? { labels, annotations: labels } : {});
        const manifest = reviews(applied, { labels: newLabels, annotations: newLabels });
        const { cluster, context, prepared, handle } = await setUp([object], manifest);
        const bytesBefore = bytes(cluster.peek('VirtualService', key));
        await driver.apply(prepared, handle, context);
        await driver.undo(handle, context);
        expect(bytes(cluster.peek('VirtualService', key))).toBe(bytesBefore);
      }),
      { numRuns: 200 },
    ));

  it('keeps what somebody else added meanwhile, and nothing of ours', () =>
    fc.assert(
      fc.asyncProperty(fields, fields, json, async (original, applied, theirs) => {
        const { cluster, context, prepared, handle } = await setUp([reviews(original)], reviews(applied));
        await driver.apply(prepared, handle, context);
        cluster.edit('VirtualService', key, (object) => void (object.spec = { ...object.spec, foreign: theirs }));
        const undone = await driver.undo(handle, context);
        expect(cluster.peek('VirtualService', key)['spec']).toEqual({ ...original, foreign: theirs });
        expect(undone.drift).toHaveLength(1);
      }),
      { numRuns: 100 },
    ));
});
