import { describe, expect, it } from 'vitest';
import { createIstioDriver } from '../../../src/faults/istio/istio-driver.ts';
import { HoldfastError } from '../../../src/model/errors.ts';
import { driverContext } from '../../helpers/driver-context.ts';
import { createFakeCluster, type FakeWrite } from '../../helpers/fake-cluster.ts';
import { bookinfo, experiment, fault, ratingsV1 } from '../../helpers/istio-world.ts';

const key = { namespace: 'default', name: 'ratings' };

describe('a write of the fault that is still under way when it is taken back', () => {
  it('cannot bring the fault in afterwards', async () => {
    const late: FakeWrite[] = [];
    let isStuck = true;
    const cluster = createFakeCluster([...bookinfo, ratingsV1], {
      beforeWrite: (write) => {
        if (!isStuck) return;
        late.push(write);
        throw new HoldfastError('API_TIMEOUT', { message: 'no answer', retryable: true });
      },
    });
    const context = driverContext(cluster);
    const driver = createIstioDriver();
    const what = fault();
    const ready = await driver.preflight('r1', what, experiment(what), context);
    await expect(driver.inject(ready, context)).rejects.toMatchObject({ code: 'API_TIMEOUT' });
    isStuck = false;
    await driver.rollback(ready.handle, context);

    for (const { resource, object } of late) {
      if (object === undefined) throw new Error('a write without an object');
      await expect(cluster.replace(resource, object)).rejects.toMatchObject({ code: 'API_CONFLICT' });
    }
    const after = cluster.peek('VirtualService', key);
    expect(after['spec']).toEqual(ratingsV1['spec']);
    expect(JSON.stringify(after.metadata)).not.toContain('holdfast');
  });
});
