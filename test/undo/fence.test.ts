import { describe, expect, it } from 'vitest';
import { HoldfastError } from '../../src/model/errors.ts';
import { fenceOff } from '../../src/undo/fence.ts';
import { applyManifest } from '../../src/undo/setup-edit.ts';
import { driverContext } from '../helpers/driver-context.ts';
import { createFakeCluster, type FakeClusterOptions } from '../helpers/fake-cluster.ts';
import { ratingsV1 } from '../helpers/istio-world.ts';

const key = { namespace: 'default', name: 'ratings' };
const manifest = { apiVersion: ratingsV1.apiVersion, kind: 'VirtualService', metadata: key, spec: { hosts: ['mine'] } };

function world(options: FakeClusterOptions = {}) {
  const cluster = createFakeCluster([ratingsV1], options);
  const ratings = () => cluster.peek('VirtualService', key);
  const before = ratings();
  return { cluster, ratings, before, context: driverContext(cluster) };
}

describe('what a dead run still has under way to an object that it had locked', () => {
  it('is refused once the lock was fenced off, and the object says what it said before', async () => {
    const { cluster, ratings, before, context } = world();
    const late = applyManifest('r1', manifest, before);
    await fenceOff('vs:default/ratings', 'r1', context);

    const resource = await cluster.resourceOf(before);
    await expect(cluster.replace(resource, late)).rejects.toMatchObject({ code: 'API_CONFLICT' });
    const { spec, metadata } = ratings();
    expect([spec, metadata.labels, metadata.annotations]).toEqual([
      before['spec'],
      before.metadata.labels,
      before.metadata.annotations,
    ]);
  });

  it.each([1, 2])('also when the answer to write %i of the fence is lost', async (nth) => {
    const { cluster, ratings, before, context } = world({
      afterWrite: ({ n }) => {
        if (n === nth) throw new HoldfastError('API_UNREACHABLE', { message: 'reset', retryable: true });
      },
    });
    await fenceOff('vs:default/ratings', 'r1', context);
    expect(ratings().metadata.annotations).toEqual(before.metadata.annotations);
    expect(ratings().metadata.labels).toEqual(before.metadata.labels);
    const late = applyManifest('r1', manifest, before);
    await expect(cluster.replace(await cluster.resourceOf(before), late)).rejects.toMatchObject({
      code: 'API_CONFLICT',
    });
  });

  it('does not concern an object that another run has marked since, one that is gone, or what is no object', async () => {
    const { cluster, ratings, before, context } = world();
    const theirs = cluster.put(applyManifest('r2', manifest, before));
    await fenceOff('vs:default/ratings', 'r1', context);
    expect(ratings()).toEqual(theirs);
    for (const lock of ['vs:default/gone', 'tc:node/worker-1/eth0', 'pods:default/ratings', 'nonsense']) {
      await fenceOff(lock, 'r1', context);
    }
    expect(cluster.writes).toEqual([]);
  });
});
