import { describe, expect, it } from 'vitest';
import { HoldfastError } from '../../src/model/errors.ts';
import type { KubernetesObject } from '../../src/model/kubernetes.ts';
import { createSetupDriver } from '../../src/undo/setup-driver.ts';
import { driverContext } from '../helpers/driver-context.ts';
import { createFakeCluster, type FakeClusterOptions } from '../helpers/fake-cluster.ts';

const key = { namespace: 'default', name: 'reviews' };

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
  const driver = createSetupDriver();
  const prepared = await driver.prepare('r1', [{ file: 'setup.yaml', objects: [manifest] }], 'default', context);
  const [handle] = prepared.handles;
  if (handle === undefined) throw new Error('no handle');
  return { cluster, context, driver, prepared, handle };
}

describe('a setup that others meddle with', () => {
  it.each([
    ['the label', ['labels']],
    ['the record', ['annotations']],
    ['label and record', ['labels', 'annotations']],
  ] as const)('is put back by the run that made it although somebody took away %s, and says so', async (_, fields) => {
    const { cluster, context, driver, prepared, handle } = await setUp([before], wanted);
    const original = bytes(cluster.peek('VirtualService', key));
    await driver.apply(prepared, handle, context);
    cluster.edit('VirtualService', key, ({ metadata }) => {
      for (const field of fields) {
        const rest = Object.entries(metadata[field] ?? {}).filter(([name]) => !name.startsWith('holdfast.dev/'));
        metadata[field] = Object.fromEntries(rest);
      }
    });
    const undone = await driver.undo(handle, context);
    expect(undone.drift[0]?.detail).toMatch(/our (label|undo record)/);
    expect(bytes(cluster.peek('VirtualService', key))).toBe(original);
  });

  it('that somebody deleted, or created anew, is theirs, and says so', async () => {
    const { cluster, context, driver, prepared, handle } = await setUp([before], wanted);
    await driver.apply(prepared, handle, context);
    cluster.drop('VirtualService', key);
    expect((await driver.undo(handle, context)).drift).toMatchObject([{ detail: 'it was deleted' }]);

    const again = await setUp([before], wanted);
    await again.driver.apply(again.prepared, again.handle, again.context);
    again.cluster.drop('VirtualService', key);
    again.cluster.put(wanted);
    const theirs = bytes(again.cluster.peek('VirtualService', key));
    const undone = await again.driver.undo(again.handle, again.context);
    expect(undone.drift[0]?.detail).toContain('created anew');
    expect(bytes(again.cluster.peek('VirtualService', key))).toBe(theirs);
  });

  it('is found by another process although somebody took away its label', async () => {
    const { cluster, context, driver, prepared, handle } = await setUp([before], wanted);
    await driver.apply(prepared, handle, context);
    cluster.edit('VirtualService', key, ({ metadata }) => void delete metadata.labels);
    const other = createSetupDriver();
    const leftovers = await other.leftovers(context);
    expect(leftovers.map((it) => it.handle)).toEqual([handle]);
    await other.undo(handle, context);
    expect(cluster.peek('VirtualService', key)['spec']).toEqual(before['spec']);
  });

  it('that is in no more and that another run holds now stays that run’s, marks and all', async () => {
    const { cluster, context, driver, prepared, handle } = await setUp([before], wanted);
    await driver.apply(prepared, handle, context);
    await createSetupDriver().undo(handle, context);
    const next = { run: 'r2', object: handle.object };
    const theirs = createSetupDriver();
    await theirs.apply(
      await theirs.prepare('r2', [{ file: 'setup.yaml', objects: [wanted] }], 'default', context),
      next,
      context,
    );
    const held = bytes(cluster.peek('VirtualService', key));
    const undone = await driver.undo(handle, context);
    expect(undone.drift[0]?.detail).toContain('another run holds it now');
    expect(bytes(cluster.peek('VirtualService', key))).toBe(held);
  });

  it('whose lock was lost is taken back by its marks alone', async () => {
    const { cluster, context, driver, prepared, handle } = await setUp([before], wanted);
    await driver.apply(prepared, handle, context);
    await createSetupDriver().undo(handle, context);
    const writes = cluster.writes.length;
    await driver.undo(handle, context, { onlyMarked: true });
    expect(cluster.writes).toHaveLength(writes);
  });

  it('leaves a list that somebody has put back already as it is', async () => {
    const [v1, v2] = ['v1', 'v2'].map((subset) => ({ route: [{ destination: { host: 'reviews', subset } }] }));
    const two = reviews({ hosts: ['reviews'], http: [v1, v2] });
    const { cluster, context, driver, prepared, handle } = await setUp([two], reviews({ http: [v1] }));
    const original = bytes(cluster.peek('VirtualService', key));
    await driver.apply(prepared, handle, context);
    cluster.edit('VirtualService', key, (object) => void (object.spec = { ...object.spec, http: [v1, v2] }));
    await driver.undo(handle, context);
    expect(bytes(cluster.peek('VirtualService', key))).toBe(original);
  });

  it('cannot come in late, after it was taken back', async () => {
    const late: KubernetesObject[] = [];
    let isStuck = true;
    const { cluster, context, driver, prepared, handle } = await setUp([before], wanted, {
      beforeWrite: ({ object }) => {
        if (!isStuck || object === undefined) return;
        late.push(object);
        throw new HoldfastError('API_TIMEOUT', { message: 'no answer', retryable: true });
      },
    });
    const original = bytes(cluster.peek('VirtualService', key));
    await expect(driver.apply(prepared, handle, context)).rejects.toMatchObject({ code: 'SETUP_FAILED' });
    isStuck = false;
    await driver.undo(handle, context);
    const resource = await cluster.resourceOf(before);
    for (const object of late) {
      await expect(cluster.replace(resource, object)).rejects.toMatchObject({ code: 'API_CONFLICT' });
    }
    expect(bytes(cluster.peek('VirtualService', key))).toBe(original);
  });
});
