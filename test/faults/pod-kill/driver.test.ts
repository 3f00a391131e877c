import { describe, expect, it } from 'vitest';
import type { DeleteOptions } from '../../../src/cluster/cluster.ts';
import { HoldfastError } from '../../../src/model/errors.ts';
import type { PodKillFaultSpec } from '../../../src/model/fault.ts';
import type { FakeCluster, FakeClusterOptions } from '../../helpers/fake-cluster.ts';
import { anExperiment } from '../../helpers/an-experiment.ts';
import {
  aDeployment,
  anOwner,
  aPod,
  kill,
  killWorld,
  named,
  ownedBy,
  podNames,
  replace,
} from '../../helpers/kill-world.ts';

const reviews = aDeployment('reviews', 3);
const two = { kind: 'count', count: 2 } as const;
const all = { kind: 'all' } as const;

async function killed(spec: Partial<PodKillFaultSpec> = {}, options: FakeClusterOptions = {}, objects = reviews) {
  const world = await killWorld(objects, kill(spec), options);
  const { driver, ready, context } = world;
  return { ...world, injected: await driver.inject(ready, context) };
}

function removals({ writes }: FakeCluster): readonly string[] {
  return writes.map(({ key }) => key.name);
}

describe('killing', () => {
  it('deletes the planned pods and no others', async () => {
    const { cluster, ready } = await killed({ take: two });
    const planned = ready.plan.targets.map((target) => /reviews-rs-\d/.exec(target)?.[0]);
    expect(new Set(removals(cluster))).toEqual(new Set(planned));
    expect(podNames(cluster)).toHaveLength(1);
  });

  it('says whose uid it means, and how much time the pod has', async () => {
    const world = await killWorld(reviews, kill({ gracePeriod: 5000 }));
    const asked: (DeleteOptions | undefined)[] = [];
    const { remove } = world.cluster;
    world.cluster.remove = async (resource, key, options) => {
      asked.push(options);
      await remove(resource, key, options);
    };
    await world.driver.inject(world.ready, world.context);
    expect(asked).toEqual([{ uid: expect.stringMatching(/^uid-/), gracePeriodSeconds: 5 }]);
  });

  it('takes another pod when the planned one was replaced since the plan', async () => {
    const world = await killWorld(reviews, kill());
    const planned = /reviews-rs-\d/.exec(world.ready.plan.targets[0] ?? '')?.[0] ?? '';
    world.cluster.drop('Pod', { namespace: 'default', name: planned });
    await world.driver.inject(world.ready, world.context);
    expect(removals(world.cluster)).toEqual([expect.stringMatching(/^reviews-rs-/)]);
    expect(removals(world.cluster)).not.toEqual([planned]);
  });

  it('does not kill a pod that took over the name between looking and deleting; it looks again', async () => {
    const db = [
      anOwner('StatefulSet', 'db', { replicas: 1 }),
      aPod('db-0', { app: 'reviews' }, ownedBy('StatefulSet', 'db')),
    ];
    const replaced: string[] = [];
    const { cluster, injected } = await killed(
      { select: named('db-0'), allowAllReplicas: true },
      {
        beforeWrite: ({ n }, fake) => {
          if (n > 1) return;
          fake.drop('Pod', { namespace: 'default', name: 'db-0' });
          replaced.push(fake.put(db[1]!).metadata.uid ?? '');
        },
      },
      db,
    );
    expect(cluster.writes).toHaveLength(2);
    expect(injected.baseline).toEqual({ killed: [{ namespace: 'default', name: 'db-0', uid: replaced[0] }] });
  });

  it('never kills more than asked when an answer is lost', async () => {
    const { cluster, injected } = await killed(
      { take: two },
      {
        afterWrite: ({ n }) => {
          if (n === 1) throw new HoldfastError('API_UNREACHABLE', { message: 'reset', retryable: true });
        },
      },
    );
    expect(cluster.writes).toHaveLength(2);
    expect(podNames(cluster)).toHaveLength(1);
    expect((injected.baseline as { killed: unknown[] }).killed).toHaveLength(2);
  });

  it('is an error when the planned pods are by now the last ready ones', async () => {
    const { driver, ready, context, cluster } = await killWorld(reviews, kill({ take: two }));
    const spared = podNames(cluster).find((name) => !ready.plan.targets.join().includes(name)) ?? '';
    cluster.edit('Pod', { namespace: 'default', name: spared }, (pod) => {
      pod.status = { phase: 'Running' };
    });
    await expect(driver.inject(ready, context)).rejects.toThrow('would lose all of its 2 ready replicas');
    expect(cluster.writes).toEqual([]);
  });

  it('is an error that says so when a deletion is refused, and half of it is still watched', async () => {
    const world = await killWorld(reviews, kill({ take: two }), {
      beforeWrite: ({ n }) => {
        if (n === 2) throw new HoldfastError('API_REFUSED', { message: 'a webhook says no', status: 403 });
      },
    });
    const { driver, ready, context, handle, cluster } = world;
    await expect(driver.inject(ready, context)).rejects.toThrow('a webhook says no');
    expect((await driver.rollback(handle, context)).writtenAt).toBeDefined();
    expect((await driver.verifyGone(handle, undefined, context)).detail).toContain('2 of 3 ready replicas');
    replace(cluster, 'reviews-rs', 3);
    expect((await driver.verifyGone(handle, undefined, context)).state).toBe('gone');
  });
});

describe('a kill is seen', () => {
  it('to bite as soon as the pods are gone or going, with their names and the seed', async () => {
    const { driver, handle, injected, context } = await killed({ take: two });
    const { state, detail } = await driver.observe(handle, injected, context);
    expect(state).toBe('active');
    expect(detail).toMatch(/^gone: reviews-rs-\d, reviews-rs-\d; drawn with seed 1$/);
  });

  it('apart from what another experiment or round of the run killed under the same name', async () => {
    const { driver, handle, cluster, context } = await killed({ take: two });
    replace(cluster, 'reviews-rs', 3);
    const fault = kill({ seed: 2 });
    const again = await driver.preflight(handle.run, fault, anExperiment({ faults: [fault] }), context);
    const injected = await driver.inject(again, context);
    const { detail } = await driver.observe(again.handle, injected, context);
    expect(detail).toMatch(/^gone: [^,]+; drawn with seed 2$/);
  });

  it('to be stuck while a finalizer holds the pod, and partial while it holds some', async () => {
    const held = reviews.map((it) =>
      it.metadata.name === 'reviews-rs-0' ? { ...it, metadata: { ...it.metadata, finalizers: ['x/hold'] } } : it,
    );
    const one = await killed({ select: named('reviews-rs-0') }, {}, held);
    expect(await one.driver.observe(one.handle, one.injected, one.context)).toMatchObject({
      state: 'stuck',
      detail: 'reviews-rs-0 is held back by finalizer x/hold',
    });
    const some = await killed({ select: named('reviews-rs-0', 'reviews-rs-1'), take: all }, {}, held);
    expect((await some.driver.observe(some.handle, some.injected, some.context)).state).toBe('partial');
    replace(some.cluster, 'reviews-rs', 4);
    const gone = await some.driver.verifyGone(some.handle, some.injected, some.context);
    expect([gone.state, gone.detail]).toEqual(['pending', expect.stringContaining('held back by finalizer x/hold')]);
  });

  it('never to have ended, however long ago its pods were replaced', async () => {
    const { driver, handle, injected, context, cluster } = await killed();
    replace(cluster, 'reviews-rs', 3);
    expect((await driver.observe(handle, injected, context)).state).toBe('active');
  });
});

describe('a kill has healed', () => {
  it('when its owner has as many ready pods as before, and it says who is short until then', async () => {
    const { driver, handle, injected, context, cluster } = await killed({ take: two });
    const before = await driver.verifyGone(handle, injected, context);
    expect(before).toMatchObject({ state: 'pending', detail: 'Deployment default/reviews has 1 of 3 ready replicas' });
    replace(cluster, 'reviews-rs', 3);
    context.advance(700);
    const after = await driver.verifyGone(handle, injected, context);
    expect(after).toMatchObject({ state: 'gone', tookMs: 700 });
    expect(after.detail).toContain('3 of 3 ready replicas; all 2 killed pods are gone; first seen so 700 ms');
  });

  it('at the moment it was first seen so, though the fault lasted on', async () => {
    const { driver, handle, injected, context, cluster } = await killed();
    replace(cluster, 'reviews-rs', 3);
    context.advance(400);
    await driver.observe(handle, injected, context);
    context.advance(60_000);
    expect((await driver.verifyGone(handle, injected, context)).tookMs).toBe(400);
  });

  it('with fewer pods when somebody scaled the owner down meanwhile', async () => {
    const { driver, handle, injected, context, cluster } = await killed();
    cluster.edit('Deployment', { namespace: 'default', name: 'reviews' }, (object) => {
      object.spec = { replicas: 2 };
    });
    expect((await driver.verifyGone(handle, injected, context)).state).toBe('gone');
  });

  it('not when the owner itself is gone', async () => {
    const { driver, handle, injected, context, cluster } = await killed();
    cluster.drop('Deployment', { namespace: 'default', name: 'reviews' });
    const { state, detail } = await driver.verifyGone(handle, injected, context);
    expect([state, detail]).toEqual(['pending', expect.stringContaining('is not there any more, so nothing replaces')]);
  });

  it('for another process, which knows no more than the handle', async () => {
    const first = await killed();
    const second = await killWorld(reviews, kill());
    expect((await second.driver.rollback(first.handle, first.context)).writtenAt).toBeUndefined();
    expect((await second.driver.verifyGone(first.handle, undefined, first.context)).state).toBe('pending');
    replace(first.cluster, 'reviews-rs', 3);
    expect((await second.driver.verifyGone(first.handle, undefined, first.context)).state).toBe('gone');
    expect(await second.driver.leftovers(first.context)).toEqual([]);
  });
});

describe('a kill that is not shown', () => {
  it('is contradicted where the pod is there as before, with the same uid', async () => {
    const { cluster, context, driver, ready, handle } = await killWorld(aDeployment('reviews', 2), kill());
    const before = cluster.store.all().filter(({ kind }) => kind === 'Pod');
    const injected = await driver.inject(ready, context);
    const now = podNames(cluster);
    for (const pod of before.filter(({ metadata }) => !now.includes(metadata.name))) cluster.put(pod);
    expect((await driver.observe(handle, injected, context)).state).toBe('pending');
    const why = await driver.explain?.(ready, injected, anExperiment(), context);
    expect(why?.contradiction).toMatch(
      /^the API server took the deletion, and reviews-rs-\d is there as before, with the same uid$/,
    );
    expect(why?.reasons).toEqual([]);
  });
});
