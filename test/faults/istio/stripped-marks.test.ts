import { describe, expect, it } from 'vitest';
import { createIstioDriver } from '../../../src/faults/istio/istio-driver.ts';
import { driverContext } from '../../helpers/driver-context.ts';
import { createFakeCluster } from '../../helpers/fake-cluster.ts';
import { bookinfo, experiment, fault, ratingsV1 } from '../../helpers/istio-world.ts';

const key = { namespace: 'default', name: 'ratings' };
const v1 = { destination: { host: 'ratings', subset: 'v1' } };
/** As it is in life: routes without a record are known by it. */
const RUN = '20260102-030405-abcd';

/** A fault on ratings that was just injected. */
async function injected() {
  const cluster = createFakeCluster([...bookinfo, ratingsV1]);
  const context = driverContext(cluster);
  const driver = createIstioDriver();
  const what = fault();
  const ready = await driver.preflight(RUN, what, experiment(what), context);
  await driver.inject(ready, context);
  return { cluster, context, driver, handle: ready.handle };
}

describe('marks that somebody took away', () => {
  it('takes the fault out even when its record was spoilt, and then says that the marks need a person', async () => {
    const { cluster, context, handle } = await injected();
    cluster.edit('VirtualService', key, (object) => {
      object.metadata.annotations = { 'holdfast.dev/undo': 'gibberish' };
    });
    const other = createIstioDriver();
    const [leftover, ...more] = await other.leftovers(context);
    expect(more).toEqual([]);
    await expect(other.rollback(leftover?.handle ?? handle, context)).rejects.toMatchObject({
      code: 'ROLLBACK_FAILED',
      details: { where: 'VirtualService default/ratings' },
    });
    expect((cluster.peek('VirtualService', key)['spec'] as { http: unknown[] }).http).toEqual([{ route: [v1] }]);
  });

  it.each([
    ['spoilt its record', { annotations: { 'holdfast.dev/undo': 'gibberish' } }],
    ['took its record away', { annotations: {} }],
    ['took its label away', { labels: {} }],
    ['took label and record away', { labels: {}, annotations: {} }],
  ])('leaves no mark of its own run where somebody %s, and says so', async (_, spoilt) => {
    const { cluster, context, driver, handle } = await injected();
    cluster.edit('VirtualService', key, (object) => void Object.assign(object.metadata, spoilt));
    const { drift } = await driver.rollback(handle, context);
    expect(drift[0]?.detail).toMatch(/our (label|undo record)/);
    const after = cluster.peek('VirtualService', key);
    expect(after['spec']).toEqual(ratingsV1['spec']);
    expect(JSON.stringify(after.metadata)).not.toContain('holdfast');
  });

  it.each([
    ['the label', { labels: {} }],
    ['label and record', { labels: {}, annotations: {} }],
  ])('is found and taken back by another process although somebody took away %s', async (_, spoilt) => {
    const { cluster, context, driver } = await injected();
    cluster.edit('VirtualService', key, (object) => void Object.assign(object.metadata, spoilt));
    const [leftover] = await driver.leftovers(context);
    expect(leftover?.handle.run).toBe(RUN);
    if (leftover !== undefined) await driver.rollback(leftover.handle, context);
    expect((cluster.peek('VirtualService', key)['spec'] as { http: unknown[] }).http).toEqual([{ route: [v1] }]);
    expect(await driver.leftovers(context)).toEqual([]);
  });

  it('lets another process take the label off when nothing else of ours is in the object, and says so', async () => {
    const { cluster, context } = await injected();
    cluster.edit('VirtualService', key, (object) => {
      object.metadata.annotations = {};
      object.spec = { ...(ratingsV1['spec'] as object) };
    });
    const other = createIstioDriver();
    const [leftover] = await other.leftovers(context);
    const { drift } = await other.rollback(leftover!.handle, context);
    expect(drift[0]?.detail).toContain('no route of the run is left in it, so its label was taken off');
    expect(JSON.stringify(cluster.peek('VirtualService', key))).not.toContain('holdfast');
    expect(await other.leftovers(context)).toEqual([]);
  });

  it('leaves the label for a person where a setup may be in that has lost its record', async () => {
    const { cluster, context } = await injected();
    cluster.edit('VirtualService', key, (object) => {
      object.metadata.annotations = {};
      object.metadata.labels = { ...object.metadata.labels, 'holdfast.dev/setup': RUN };
    });
    const other = createIstioDriver();
    const [leftover] = await other.leftovers(context);
    await expect(other.rollback(leftover!.handle, context)).rejects.toMatchObject({ code: 'ROLLBACK_FAILED' });
  });

  it('lets another process take out a route that somebody renamed', async () => {
    const { cluster, context } = await injected();
    cluster.edit('VirtualService', key, (object) => {
      const { http } = object.spec as { http: { name?: string }[] };
      object.spec = {
        ...object.spec,
        http: http.map((it) => (it.name === undefined ? it : { ...it, name: 'theirs' })),
      };
    });
    const other = createIstioDriver();
    const [leftover] = await other.leftovers(context);
    expect(leftover?.undoCommands[1]).toContain('"name":"theirs"');
    await other.rollback(leftover!.handle, context);
    expect(cluster.peek('VirtualService', key)['spec']).toEqual(ratingsV1['spec']);
  });
});
