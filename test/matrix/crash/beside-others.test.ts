import { setMaxListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unlikeBefore } from '../../helpers/crash/crash-and-recover.ts';
import { startRun } from '../../helpers/crash/event-points.ts';
import { leaveBehind, startLongRun } from '../../helpers/crash/left-behind.ts';
import { differences, markedObjects, type Snapshot, takeSnapshot } from '../../helpers/crash/snapshot.ts';
import { type CrashWorld, startCrashWorld } from '../../helpers/crash/world.ts';
import { type CommandLine, runCommandLine } from '../../helpers/command-line.ts';
import { until } from '../../helpers/until.ts';

const VIRTUAL_SERVICES = 'virtualservices.networking.istio.io';
const LEASES = 'leases.coordination.k8s.io';

let world: CrashWorld;
let live: CommandLine | undefined;

beforeEach(async () => {
  setMaxListeners(0);
  world = await startCrashWorld();
});
afterEach(async () => {
  live?.process.kill('SIGKILL');
  await live?.ended;
  live = undefined;
  await world.sandbox.close();
});

describe('recover while another run is live', () => {
  it('takes back what the dead one left, and leaves the live one and its locks alone', async () => {
    live = await startLongRun(world, 'istio-abort');
    const locks = world.sandbox.store.list(LEASES).length;
    const ofLive = withoutLeases(takeSnapshot(world.sandbox));
    await leaveBehind(world, 'istio-create');
    const { code, stdout } = await runCommandLine(['recover', ...world.flags]);
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^recovered {2}VirtualService/) as string,
    });
    expect(stdout).toMatch(
      /left alone {2}VirtualService default\/details {2}fault broken details, locked by run \S+ \(host /,
    );
    expect(differences(ofLive, withoutLeases(takeSnapshot(world.sandbox)))).toEqual([]);
    expect(world.sandbox.store.list(LEASES)).toHaveLength(locks);
    const { run } = (
      JSON.parse((await runCommandLine(['status', ...world.flags, '-o', 'json'])).stdout) as {
        leftovers: [{ run: string }];
      }
    ).leftovers[0];
    expect((await runCommandLine(['recover', '--run', run, ...world.flags])).code).toBe(6);
    live.process.kill('SIGINT');
    expect((await live.ended).code).toBe(130);
    expect(await unlikeBefore(world)).toEqual([]);
  });
});

describe('recover when half of the objects are gone', () => {
  it('puts back the others, and brings none of these back', async () => {
    await leaveBehind(world, 'setup');
    const { store } = world.sandbox;
    store.remove(VIRTUAL_SERVICES, 'default', 'details');
    store.remove(VIRTUAL_SERVICES, 'default', 'ratings-under-test');
    store.remove('configmaps', 'default', 'situation');
    expect(await runCommandLine(['recover', ...world.flags])).toMatchObject({ code: 0 });
    expect(await unlikeBefore(world)).toEqual([`gone: ${VIRTUAL_SERVICES} default/details`]);
  });

  it('ends well when all that a run had created is gone', async () => {
    await leaveBehind(world, 'istio-create');
    for (const it of markedObjects(world.sandbox))
      world.sandbox.store.remove(VIRTUAL_SERVICES, 'default', it.split('/').at(-1) ?? '');
    expect(await runCommandLine(['recover', ...world.flags])).toMatchObject({ code: 0 });
    expect(await unlikeBefore(world)).toEqual([]);
  });
});

/** Longer than a lock is believed without renewal: its 15 s, and what clocks may differ by. */
const BEYOND_MS = 60_000;

describe('a runner that is stopped (SIGSTOP) beyond its lock and goes on', () => {
  it.each(['istio-abort', 'istio-create', 'setup'] as const)(
    '%s: is recovered meanwhile; notices, stops with 4, and puts nothing back',
    async (kind) => {
      live = await startLongRun(world, kind);
      live.process.kill('SIGSTOP');
      await recoverOnceDead();
      expect(await unlikeBefore(world)).toEqual([]);
      live.process.kill('SIGCONT');
      const { code, stderr } = await live.ended;
      expect(code, stderr).toBe(4);
      expect(stderr).toMatch(/The lock .* was lost: its Lease was deleted/);
      expect(await unlikeBefore(world)).toEqual([]);
    },
  );

  it('leaves alone what a new run has put there meanwhile', async () => {
    const stopped = await startLongRun(world, 'setup');
    stopped.process.kill('SIGSTOP');
    await recoverOnceDead();
    live = await startLongRun(world, 'setup');
    const ofLive = withoutLeases(takeSnapshot(world.sandbox));
    stopped.process.kill('SIGCONT');
    const { code, stderr } = await stopped.ended;
    expect(code, stderr).toBe(4);
    expect(differences(ofLive, withoutLeases(takeSnapshot(world.sandbox)))).toEqual([]);
    live.process.kill('SIGINT');
    const ended = await live.ended;
    expect(ended.code, ended.stderr).toBe(130);
    expect(await unlikeBefore(world)).toEqual([]);
  });

  async function recoverOnceDead(): Promise<void> {
    await until(
      'recover takes the stopped run for dead',
      async () => {
        const { code, stdout } = await runCommandLine(['recover', ...world.flags]);
        expect(code, stdout).toBe(0);
        return !stdout.includes('left alone');
      },
      BEYOND_MS,
    );
  }
});

describe('a runner that is killed while it rolls back after Ctrl-C', () => {
  it.each(['two-faults', 'setup', 'suite'] as const)('%s: recover does the rest', async (kind) => {
    const line = await startRun(world, kind, {}, ['--set', 'fault=1h']);
    await line.reached('the fault phase', (event) => event.type === 'phase-started' && event.phase === 'fault');
    world.interveneWith((request) => {
      if (request.verb === 'update' && request.resource === VIRTUAL_SERVICES) line.process.kill('SIGKILL');
      return undefined;
    });
    line.process.kill('SIGINT');
    await line.ended;
    world.interveneWith(undefined);
    expect((await runCommandLine(['recover', ...world.flags])).code).toBe(0);
    expect(await unlikeBefore(world)).toEqual([]);
  });
});

/** Locks are renewed all the time. */
function withoutLeases(snapshot: Snapshot): Snapshot {
  return new Map([...snapshot].filter(([key]) => !key.startsWith(LEASES)));
}
