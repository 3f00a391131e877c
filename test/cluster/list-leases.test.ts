import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { acquireLease } from '../../src/cluster/lease.ts';
import type { LeaseHolder } from '../../src/cluster/lease/holder.ts';
import { listLeases, removeDeadLease } from '../../src/cluster/lease/list-leases.ts';
import { isProcessAlive, thisHolder } from '../../src/cluster/lease/this-holder.ts';
import { createFakeCluster, type FakeCluster } from '../helpers/fake-cluster.ts';
import { createSteppedClock } from '../helpers/stepped-clock.ts';

const { signal } = new AbortController();
const here: LeaseHolder = { run: '-', host: { name: 'ci-1', boot: 'b1' }, process: { pid: 1, started: '1' } };

const elsewhere: LeaseHolder = { ...here, run: 'run-2', host: { name: 'other', boot: 'b9' } };

/** As an API server notes when it saw the last write. */
function noteWrites(cluster: FakeCluster, at: number): void {
  for (const { metadata } of cluster.store.all()) {
    cluster.edit('Lease', metadata, (object) => {
      Object.assign(object.metadata, { managedFields: [{ time: new Date(at).toISOString() }] });
    });
  }
}

describe('listing the locks in a cluster', () => {
  it('tells live ones from those whose process on this host is gone', async () => {
    const clock = createSteppedClock();
    const cluster = createFakeCluster();
    for (const [key, pid] of [
      ['vs:default/ratings', 7],
      ['vs:shop/details', 8],
    ] as const) {
      const holder = { ...here, run: `run-${pid}`, process: { pid, started: '1' } };
      await acquireLease({ cluster, clock, key, holder, signal });
    }
    const found = await listLeases({ cluster, clock, signal, holder: here, isAlive: ({ pid }) => pid === 7 });
    expect(found).toMatchObject([
      {
        key: 'vs:default/ratings',
        run: 'run-7',
        holder: 'run run-7 (host ci-1, process 7)',
        since: '2026-01-01T00:00:00.000Z',
        expires: '2026-01-01T00:00:15.000Z',
        isDead: false,
      },
      { key: 'vs:shop/details', run: 'run-8', isDead: true },
    ]);
  });

  it('watches an expired one of another host before it calls it dead', async () => {
    const clock = createSteppedClock();
    const [quiet, renewing] = [createFakeCluster(), createFakeCluster()];
    const other = { ...here, run: 'run-2', host: { name: 'other', boot: 'b9' } };
    const stopped = createSteppedClock();
    for (const cluster of [quiet, renewing]) {
      await acquireLease({ cluster, clock: stopped, key: 'vs:default/ratings', holder: other, signal });
    }
    await clock.step(20_000);
    const listing = Promise.all(
      [quiet, renewing].map((cluster) => listLeases({ cluster, clock, signal, holder: here })),
    );
    await clock.whenSleeping(2);
    const [lease] = renewing.store.all();
    renewing.edit('Lease', { ...lease?.metadata, name: lease?.metadata.name ?? '' }, (object) => {
      object.spec = { ...object.spec, renewTime: 'later' };
    });
    await clock.step(15_000);
    expect((await listing).map(([found]) => found?.isDead)).toEqual([true, false]);
  });

  it.each([
    ['20 s ago is dead at once', 20, 0, 0],
    ['20 s ago is dead at once, although that clock is an hour ahead', 20, 3600, 0],
    ['17 s ago is watched for another 3 s', 17, 0, 3],
  ])('one of another host that was renewed, by the API server, %s', async (_, ago, ahead, watched) => {
    const clock = createSteppedClock();
    const start = clock.wall().getTime() + ahead * 1000;
    const cluster = createFakeCluster([], { serverTime: () => start + ago * 1000 });
    const other = { ...here, run: 'run-2', host: { name: 'other', boot: 'b9' } };
    await acquireLease({ cluster, clock: createSteppedClock(), key: 'vs:default/ratings', holder: other, signal });
    const [lease] = cluster.store.all();
    const at = { ...lease?.metadata, name: lease?.metadata.name ?? '' };
    cluster.edit('Lease', at, (object) => {
      Object.assign(object.metadata, { managedFields: [{ time: new Date(start).toISOString() }] });
    });
    await clock.step(ago * 1000);
    const listing = listLeases({ cluster, clock, signal, holder: here });
    if (watched > 0) {
      await clock.whenSleeping(1);
      await clock.step(watched * 1000);
    }
    expect(await listing).toMatchObject([{ isDead: true }]);
  });

  it.each([
    ['17 s ago is left for the next time, without watching', 17, 0, false],
    ['17 s ago is left for the next time, although our clock is an hour ahead', 17, 3600, false],
    ['21 s ago is dead', 21, 0, true],
  ])('for whoever comes again one that was renewed, by the API server, %s', async (_, ago, ahead, isDead) => {
    const clock = createSteppedClock();
    const start = clock.wall().getTime();
    const cluster = createFakeCluster([], { serverTime: () => start + ago * 1000 });
    await acquireLease({ cluster, clock, key: 'vs:default/ratings', holder: elsewhere, signal });
    noteWrites(cluster, start);
    const ours = { ...clock, wall: () => new Date(start + (ago + ahead) * 1000) };
    const found = await listLeases({ cluster, clock: ours, signal, holder: here, comesAgain: true });
    expect(found).toMatchObject([{ isDead }]);
  });

  it.each([
    ['does not tell when it was renewed', undefined, 3600],
    ['says that it expired while our clock, an hour behind, says that it did not', 21, -3600],
    ['tells that it was renewed in an hour', -3600, 3600],
  ])('for whoever comes again watches one of which the API server %s', async (_, ago, ahead) => {
    const clock = createSteppedClock();
    const start = clock.wall().getTime();
    const cluster = createFakeCluster([], ago === undefined ? {} : { serverTime: () => start + ago * 1000 });
    await acquireLease({ cluster, clock: createSteppedClock(), key: 'vs:default/ratings', holder: elsewhere, signal });
    noteWrites(cluster, start);
    const ours = { ...clock, wall: () => new Date(start + ahead * 1000) };
    const listing = listLeases({ cluster, clock: ours, signal, holder: here, comesAgain: true });
    await clock.whenSleeping(1);
    await clock.step(15_000);
    expect(await listing).toMatchObject([{ isDead: true }]);
  });

  it('removes a dead one, but not one that somebody took meanwhile', async () => {
    const clock = createSteppedClock();
    const cluster = createFakeCluster();
    await acquireLease({ cluster, clock, key: 'vs:default/ratings', holder: here, signal });
    const [dead] = await listLeases({ cluster, clock, signal, holder: here, isAlive: () => false });
    if (dead === undefined) throw new Error('no lease');
    const { namespace, name } = dead.object.metadata;
    cluster.edit('Lease', { namespace: namespace ?? '', name }, (object) => {
      object.spec = { ...object.spec, holderIdentity: 'somebody' };
    });
    await expect(removeDeadLease({ cluster, signal }, dead)).rejects.toMatchObject({ code: 'API_CONFLICT' });
    const [again] = await listLeases({ cluster, clock, signal, holder: here, isAlive: () => false });
    expect(again).toMatchObject({ holder: '"somebody"', isDead: false });
  });
});

describe('this process as a holder', () => {
  it('is alive, and a process that ended is not', () => {
    const { process: own } = thisHolder('run-1');
    expect(own.pid).toBe(process.pid);
    expect(isProcessAlive(own)).toBe(true);
    const { pid } = spawnSync(process.execPath, ['-e', '0']);
    expect(isProcessAlive({ pid, started: own.started })).toBe(false);
  });

  it.skipIf(process.platform !== 'linux')('is not taken for a later process with its number', () => {
    expect(isProcessAlive({ pid: process.pid, started: '1' })).toBe(false);
  });
});
