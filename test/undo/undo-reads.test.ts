import { describe, expect, it } from 'vitest';
import { HoldfastError } from '../../src/model/errors.ts';
import type { KubernetesObject } from '../../src/model/kubernetes.ts';
import { createSetupDriver } from '../../src/undo/setup-driver.ts';
import { driverContext } from '../helpers/driver-context.ts';
import { createFakeCluster, type FakeCluster } from '../helpers/fake-cluster.ts';

const key = { namespace: 'default', name: 'reviews' };
const before: KubernetesObject = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: key,
  spec: { hosts: ['reviews'] },
};
const wanted = { ...before, spec: { hosts: ['reviews', 'reviews.example.com'] } };

describe('putting a setup back', () => {
  it('does not take one answer for it that the object is gone', async () => {
    const { cluster, undo } = await setUp();
    let answers = 0;
    await undo({ ...cluster, read: async (...asked) => (answers++ === 0 ? undefined : cluster.read(...asked)) });
    expect(cluster.peek('VirtualService', key)['spec']).toEqual(before['spec']);
  });

  it('is tried again when it is refused for a moment', async () => {
    const { cluster, undo } = await setUp();
    const read = refusing(3, cluster);
    await undo({ ...cluster, read });
    expect(cluster.peek('VirtualService', key)['spec']).toEqual(before['spec']);
  });

  it('has failed when it is refused again and again, and says so soon', async () => {
    const { cluster, context, undo } = await setUp();
    await expect(undo({ ...cluster, read: refusing(Infinity, cluster) })).rejects.toMatchObject({
      code: 'ROLLBACK_FAILED',
      message: expect.stringContaining('User "jane" cannot get') as string,
    });
    expect(context.clock.now()).toBeLessThan(10_000);
  });
});

async function setUp() {
  const cluster = createFakeCluster([before]);
  const context = driverContext(cluster);
  const driver = createSetupDriver();
  const prepared = await driver.prepare('r1', [{ file: 'setup.yaml', objects: [wanted] }], 'default', context);
  const [handle] = prepared.handles;
  if (handle === undefined) throw new Error('no handle');
  await driver.apply(prepared, handle, context);
  expect(cluster.peek('VirtualService', key)['spec']).toEqual(wanted.spec);
  return { cluster, context, undo: async (seen: FakeCluster) => driver.undo(handle, { ...context, cluster: seen }) };
}

function refusing(times: number, cluster: FakeCluster): FakeCluster['read'] {
  let left = times;
  return async (...asked) => {
    if (left-- > 0) throw new HoldfastError('API_FORBIDDEN', { message: 'User "jane" cannot get', status: 403 });
    return cluster.read(...asked);
  };
}
