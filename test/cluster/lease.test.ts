import { afterEach, describe, expect, it } from 'vitest';
import { acquireLease, type HeldLease, type LeaseOptions } from '../../src/cluster/lease.ts';
import type { LeaseHolder } from '../../src/cluster/lease/holder.ts';
import { leaseKey } from '../../src/cluster/lease/lease-object.ts';
import { HoldfastError } from '../../src/model/errors.ts';
import { createFakeCluster, type FakeClusterOptions } from '../helpers/fake-cluster.ts';
import { createSteppedClock } from '../helpers/stepped-clock.ts';

const KEY = 'vs:default/ratings';
const AT = leaseKey(KEY);

const held: HeldLease[] = [];
afterEach(async () => {
  for (const lease of held.splice(0)) await lease.release();
});

function holder(run: string, host = 'ci-1', pid = 100): LeaseHolder {
  return { run, host: { name: host, boot: 'b1' }, process: { pid, started: '5' } };
}

function world(options: FakeClusterOptions = {}) {
  const clock = createSteppedClock();
  const cluster = createFakeCluster([], options);
  const acquire = async (by: LeaseHolder, more: Partial<LeaseOptions> = {}): Promise<HeldLease> => {
    const { signal } = new AbortController();
    const lease = await acquireLease({ cluster, clock, key: KEY, holder: by, signal, isAlive: () => true, ...more });
    held.push(lease);
    return lease;
  };
  const spec = (): Record<string, unknown> => cluster.peek('Lease', AT)['spec'] as Record<string, unknown>;
  /** As a machine that was switched off leaves it: nobody renews it any more. */
  const abandon = (by: LeaseHolder, skew = 0): void => {
    const time = new Date(clock.wall().getTime() + skew).toISOString().replace('Z', '000Z');
    const { run, host, process } = by;
    cluster.put({
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: {
        ...AT,
        labels: { 'app.kubernetes.io/managed-by': 'holdfast', 'holdfast.dev/run': run },
      },
      spec: {
        holderIdentity: `${run}/${host.name}/${host.boot}/${process.pid}/${process.started}`,
        leaseDurationSeconds: 15,
        acquireTime: time,
        renewTime: time,
      },
    });
  };
  return { clock, cluster, acquire, spec, abandon };
}

describe('a lock', () => {
  it('is a Lease in the namespace of its target that says what is locked, and by whom', async () => {
    const { cluster, acquire, spec } = world();
    await acquire(holder('run-1'));
    expect(cluster.peek('Lease', AT).metadata).toMatchObject({
      namespace: 'default',
      name: expect.stringMatching(/^holdfast-vs-default-ratings-[0-9a-f]{10}$/) as string,
      labels: { 'app.kubernetes.io/managed-by': 'holdfast', 'holdfast.dev/run': 'run-1' },
      annotations: { 'holdfast.dev/lock-key': KEY },
    });
    expect(spec()).toMatchObject({
      holderIdentity: 'run-1/ci-1/b1/100/5',
      leaseDurationSeconds: 15,
      acquireTime: '2026-01-01T00:00:00.000000Z',
      renewTime: '2026-01-01T00:00:00.000000Z',
    });
  });

  it('of a thing without a namespace lies in default, with a name that Kubernetes accepts', () => {
    expect(leaseKey('tc:node/worker-1/eth0').namespace).toBe('default');
    expect(leaseKey('tc:pod/shop/ratings-1/eth0').namespace).toBe('shop');
    expect(leaseKey('blade:pod/shop/ratings-1/cpu-fullload').namespace).toBe('shop');
    expect(leaseKey('vs:pod/ratings').namespace).toBe('pod');
    const long = leaseKey(`vs:default/${'Ratings.'.repeat(40)}`);
    expect(long.name).toMatch(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/);
    expect(long.name.length).toBeLessThanOrEqual(63);
    expect(leaseKey('vs:a/b-c').name).not.toBe(leaseKey('vs:a/b.c').name);
  });

  it('refuses everybody else, and says who holds it, since when and until when', async () => {
    const { clock, acquire } = world();
    await acquire(holder('run-1'));
    await clock.step(7_000);
    await expect(acquire(holder('run-2', 'laptop'))).rejects.toMatchObject({
      code: 'LOCKED',
      message: `${KEY} is locked by run run-1 (host ci-1, process 100) since 2026-01-01T00:00:00.000Z.`,
      details: {
        where: `Lease default/${AT.name}`,
        hint: expect.stringContaining('2026-01-01T00:00:20.000Z') as string,
      },
    });
  });

  it('refuses another worker of the same run too', async () => {
    const { acquire } = world();
    await acquire(holder('run-1'));
    await expect(acquire(holder('run-1'))).rejects.toMatchObject({ code: 'LOCKED' });
  });

  it('is renewed every 5 s for as long as it is held', async () => {
    const { clock, acquire, spec } = world();
    const lease = await acquire(holder('run-1'));
    await clock.step(60_000);
    expect(spec()['renewTime']).toBe('2026-01-01T00:01:00.000000Z');
    expect(spec()['acquireTime']).toBe('2026-01-01T00:00:00.000000Z');
    expect(lease.lost.aborted).toBe(false);
  });

  it('is gone after release, and free for the next', async () => {
    const { clock, cluster, acquire } = world();
    const lease = await acquire(holder('run-1'));
    await clock.step(6_000);
    await lease.release();
    await lease.release();
    expect(cluster.has('Lease', AT)).toBe(false);
    expect(clock.sleeping).toBe(0);
    await acquire(holder('run-2'));
  });

  it('is released also when somebody labelled it meanwhile', async () => {
    const { cluster, acquire } = world();
    const lease = await acquire(holder('run-1'));
    cluster.edit('Lease', AT, (object) => {
      object.metadata.labels = { ...object.metadata.labels, team: 'a' };
    });
    await lease.release();
    expect(cluster.has('Lease', AT)).toBe(false);
  });
});

describe('the lock of a holder that is gone', () => {
  it('is taken at once when the holder was a process of this host', async () => {
    const { acquire, spec, abandon } = world();
    abandon(holder('run-1', 'ci-1', 99));
    await acquire(holder('run-2'), { isAlive: ({ pid }) => pid !== 99 });
    expect(spec()).toMatchObject({ holderIdentity: 'run-2/ci-1/b1/100/5', leaseTransitions: 1 });
  });

  it('is refused while it may still be held, when the holder was on another host', async () => {
    const { clock, acquire, abandon } = world();
    abandon(holder('run-1', 'other'));
    await clock.step(14_000);
    await expect(acquire(holder('run-2'), { isAlive: () => false })).rejects.toMatchObject({ code: 'LOCKED' });
  });

  it('is taken after it expired and did not change for its duration while we watched', async () => {
    const { clock, acquire, spec, abandon } = world();
    abandon(holder('run-1', 'other'));
    await clock.step(16_000);
    const acquiring = acquire(holder('run-2'));
    await clock.step(14_999);
    expect(spec()['holderIdentity']).toContain('run-1');
    await clock.step(1);
    await acquiring;
    expect(spec()['holderIdentity']).toContain('run-2');
  });

  it.each([
    ['its clock an hour behind', -3_600_000, 0],
    ['its clock an hour ahead', 3_600_000, 0],
    ['our own clock an hour ahead', 0, 3_600_000],
  ])('is not taken from a live holder, %s', async (_what, skew, ours) => {
    const { clock, cluster, acquire, abandon } = world();
    const live = holder('run-1', 'other');
    abandon(live, skew);
    const wall = (): Date => new Date(clock.wall().getTime() + ours);
    const acquiring = acquire(holder('run-2'), { clock: { ...clock, wall } });
    await clock.step(5_000);
    cluster.edit('Lease', AT, (object) => {
      object.spec = { ...object.spec, renewTime: 'renewed' };
    });
    const refused = expect(acquiring).rejects.toMatchObject({ code: 'LOCKED' });
    await clock.step(10_000);
    await refused;
  });

  it('is taken too when the clock of its holder was an hour ahead', async () => {
    const { clock, acquire, spec, abandon } = world();
    abandon(holder('run-1', 'other'), 3_600_000);
    const acquiring = acquire(holder('run-2'));
    await clock.step(15_000);
    await acquiring;
    expect(spec()['holderIdentity']).toContain('run-2');
  });

  it('is ours when it was written although the answer was lost, as a new one or taken over', async () => {
    const afterWrite = ({ n }: { readonly n: number }): void => {
      if (n === 1) throw new HoldfastError('API_UNREACHABLE', { message: 'reset', retryable: true });
    };
    const fresh = world({ afterWrite });
    await fresh.acquire(holder('run-1'));
    expect(fresh.cluster.writes).toHaveLength(1);
    const left = world({ afterWrite });
    left.abandon(holder('run-0'));
    await left.acquire(holder('run-1', 'ci-1', 200), { isAlive: () => false });
    expect(left.spec()).toMatchObject({ holderIdentity: 'run-1/ci-1/b1/200/5', leaseTransitions: 1 });
  });

  it('is given back also when the first answers to that are lost', async () => {
    let failures = 2;
    const { clock, cluster, acquire } = world({
      beforeWrite: ({ verb }) => {
        if (verb === 'remove' && failures-- > 0) throw new HoldfastError('API_UNREACHABLE', { message: 'reset' });
      },
    });
    const lease = await acquire(holder('run-1'));
    const released = lease.release();
    await clock.step(1000);
    await released;
    expect(cluster.has('Lease', AT)).toBe(false);
  });

  it('goes to one of two that want it', async () => {
    const { acquire, abandon } = world();
    abandon(holder('run-1', 'ci-1', 99));
    const isAlive = ({ pid }: { pid: number }): boolean => pid !== 99;
    const results = await Promise.allSettled([
      acquire(holder('run-2'), { isAlive }),
      acquire(holder('run-3'), { isAlive }),
    ]);
    expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(results.find((result) => result.status === 'rejected')?.reason).toMatchObject({ code: 'LOCKED' });
  });

  it('is not waited for after an abort', async () => {
    const { clock, acquire, abandon } = world();
    abandon(holder('run-1', 'other'));
    await clock.step(20_000);
    const controller = new AbortController();
    const acquiring = acquire(holder('run-2'), { signal: controller.signal });
    await clock.whenSleeping();
    controller.abort(new Error('stop'));
    await expect(acquiring).rejects.toThrow('stop');
  });
});

describe('a lock that cannot be kept', () => {
  it('is lost when the API server refuses renewals for 10 s, before anybody else may take it', async () => {
    let broken = false;
    const { clock, acquire } = world({
      beforeWrite: ({ verb }) => {
        if (broken && verb === 'replace') throw new HoldfastError('API_FAILED', { message: 'down', retryable: true });
      },
    });
    const lease = await acquire(holder('run-1'));
    await clock.step(5_000);
    broken = true;
    await clock.step(9_900);
    expect(lease.lost.aborted).toBe(false);
    await clock.step(2_100);
    expect(lease.lost.reason).toMatchObject({ code: 'LOCK_LOST', message: expect.stringContaining('down') as string });
  });

  it('survives a renewal whose answer was lost', async () => {
    let lose = false;
    const { clock, acquire, spec } = world({
      afterWrite: ({ verb }) => {
        if (lose && verb === 'replace') {
          lose = false;
          throw new HoldfastError('API_UNREACHABLE', { message: 'reset', retryable: true });
        }
      },
    });
    const lease = await acquire(holder('run-1'));
    lose = true;
    await clock.step(6_500);
    expect(lease.lost.aborted).toBe(false);
    expect(spec()['renewTime']).toBe('2026-01-01T00:00:06.000000Z');
  });

  it('is lost when somebody deletes it', async () => {
    const { clock, cluster, acquire } = world();
    const lease = await acquire(holder('run-1'));
    cluster.drop('Lease', AT);
    await clock.step(5_000);
    expect(lease.lost.reason).toMatchObject({
      code: 'LOCK_LOST',
      message: expect.stringContaining('deleted') as string,
    });
  });

  it('is lost when somebody takes it, and then stays theirs on release', async () => {
    const { clock, cluster, acquire, abandon } = world();
    const lease = await acquire(holder('run-1'));
    abandon(holder('run-9', 'other'));
    await clock.step(5_000);
    expect(lease.lost.reason).toMatchObject({ message: expect.stringContaining('run run-9 (host other') as string });
    await lease.release();
    expect(cluster.has('Lease', AT)).toBe(true);
  });
});
