import { describe, expect, it } from 'vitest';
import { createIstioDriver } from '../../src/faults/istio/istio-driver.ts';
import type { KubernetesObject } from '../../src/model/kubernetes.ts';
import { recordsOf } from '../../src/undo/marks.ts';
import { createObjectMemory } from '../../src/undo/object-memory.ts';
import { createSetupDriver } from '../../src/undo/setup-driver.ts';
import { driverContext } from '../helpers/driver-context.ts';
import { createFakeCluster } from '../helpers/fake-cluster.ts';
import { bookinfo, experiment, fault, ratingsV1, virtualService } from '../helpers/istio-world.ts';

const key = { namespace: 'default', name: 'ratings' };
const v2 = virtualService('ratings', {
  hosts: ['ratings'],
  http: [{ route: [{ destination: { host: 'ratings', subset: 'v2' } }] }],
});

async function both(objects: readonly KubernetesObject[]) {
  const cluster = createFakeCluster([...bookinfo, ...objects]);
  const context = driverContext(cluster);
  const memory = createObjectMemory();
  const [setup, driver] = [createSetupDriver(memory), createIstioDriver(memory)];
  const before = cluster.has('VirtualService', key) ? bytes(cluster.peek('VirtualService', key)) : undefined;
  const prepared = await setup.prepare('r1', [{ file: 's.yaml', objects: [v2] }], 'default', context);
  const [handle] = prepared.handles;
  if (handle === undefined) throw new Error('no handle');
  await setup.apply(prepared, handle, context);
  const ready = await driver.preflight('r1', fault(), experiment(fault()), context);
  await driver.inject(ready, context);
  const now = () => (cluster.has('VirtualService', key) ? bytes(cluster.peek('VirtualService', key)) : undefined);
  return {
    cluster,
    before,
    now,
    undoSetup: () => setup.undo(handle, context),
    undoFault: () => driver.rollback(ready.handle, context),
  };
}

function bytes({ spec, metadata }: KubernetesObject): string {
  return JSON.stringify([spec, metadata.labels, metadata.annotations]);
}

describe.each([
  ['an object that was there', [ratingsV1]],
  ['an object that the setup creates', []],
])('a setup and a fault on %s', (_what, objects) => {
  it('each have their own record', async () => {
    const { cluster } = await both(objects);
    expect(recordsOf(cluster.peek('VirtualService', key)).map(({ id }) => id)).toEqual(['setup', 'fault:slow ratings']);
  });

  it('are both undone, the fault first', async () => {
    const { before, now, undoSetup, undoFault } = await both(objects);
    expect((await undoFault()).drift).toEqual([]);
    expect((await undoSetup()).drift).toEqual([]);
    expect(now()).toBe(before);
  });

  it('are both undone the other way round too', async () => {
    const { before, now, undoSetup, undoFault } = await both(objects);
    await undoSetup();
    await undoFault();
    expect(now()).toBe(before);
  });
});
