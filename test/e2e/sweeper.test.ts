import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine, startCommandLine } from '../helpers/command-line.ts';
import { differences, type Snapshot, takeSnapshot } from '../helpers/crash/snapshot.ts';
import { crashFixtures } from '../helpers/crash/world.ts';
import { inFaultPhase } from '../helpers/faulted-run.ts';
import { age, leaveAgain, marksIn, type SweeperWorld, startSweeperWorld } from '../helpers/sweeper-world.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const abort = join(crashFixtures, 'istio-abort.yaml');
const create = join(crashFixtures, 'istio-create.yaml');

let world: SweeperWorld;
let clean: Snapshot;
let marks: ReturnType<typeof marksIn>;
const left = (): readonly string[] => differences(clean, takeSnapshot(world.sandbox));

beforeAll(async () => {
  world = await startSweeperWorld();
  clean = takeSnapshot(world.sandbox);
  // One that edits a VirtualService, one that creates one, and one of ChaosBlade.
  const loss = readFileSync(join(crashFixtures, 'blade-loss.yaml'), 'utf8').replaceAll('ratings', 'reviews');
  const files = [abort, create, join(tempFolder({ 'loss.yaml': loss }), 'loss.yaml')];
  for (const file of files) {
    const line = await startCommandLine(['run', file, ...world.flags, '--set', 'fault=10m']);
    await line.reached('the fault phase', inFaultPhase);
    line.process.kill('SIGKILL');
    await line.ended;
  }
  marks = structuredClone(marksIn(world.sandbox));
  const kinds = marks.map(([kind]) => kind.split('.')[0]).filter((kind) => kind !== 'leases');
  expect(kinds).toEqual(['virtualservices', 'virtualservices', 'chaosblades']);
});
afterAll(async () => world.sandbox.close());

describe('the sweeper', () => {
  it.each([
    ['was renewed just now', 0, 0],
    ['was renewed just now by a holder whose clock is an hour behind', 0, 3600],
    ['was renewed 14 s ago', 14, 0],
  ])('leaves alone what belongs to a lock of another host that %s', async (_, seconds, skew) => {
    await leaveAgain(world.sandbox, marks);
    age(world.sandbox, marks, seconds, skew);
    const before = left();
    const { code, stdout } = await world.sweep();
    expect(stdout).toMatch(/^left alone {2}VirtualService default\/details {2}fault broken details, locked by run /m);
    expect(stdout).not.toContain('recovered');
    expect(code).toBe(0);
    expect(left()).toEqual(before);
  });

  it('shows what it would take back with --dry-run', async () => {
    await leaveAgain(world.sandbox, marks);
    age(world.sandbox, marks, 60);
    const before = left();
    const { code, stdout } = await world.sweep('--dry-run');
    expect(stdout).toContain('would recover  VirtualService default/details');
    expect(code).toBe(5);
    expect(left()).toEqual(before);
  });

  it('takes everything back whose lock has expired, a line each, and then finds nothing', async () => {
    await leaveAgain(world.sandbox, marks);
    age(world.sandbox, marks, 60);
    const { code, stdout, stderr } = await world.sweep();
    expect(code, stdout + stderr).toBe(0);
    expect(stdout.match(/^recovered {2}/gm)).toHaveLength(3);
    expect(stdout.match(/^unlocked {2}/gm)?.length).toBe(marks.filter(([kind]) => kind.startsWith('leases')).length);
    expect(left()).toEqual([]);
    expect(await world.sweep()).toMatchObject({ code: 0, stdout: 'Nothing to recover.\n', stderr: '' });
  });

  it('gives a run whose lock somebody deleted a minute to notice, and no more', async () => {
    await leaveAgain(world.sandbox, marks);
    age(world.sandbox, marks, 20);
    for (const [kind, { metadata }] of marks) {
      if (kind.startsWith('leases')) world.sandbox.store.remove(kind, metadata.namespace, metadata.name);
    }
    const young = await world.sweep();
    expect(young).toMatchObject({ code: 0, stdout: expect.stringContaining('whose lock is gone') as string });
    expect(young.stdout).not.toContain('recovered');
    age(world.sandbox, marks, 61);
    const old = await world.sweep();
    expect(old.code, old.stdout).toBe(0);
    expect(left()).toEqual([]);
  });

  it('never touches what belongs to a run that is alive', async () => {
    const line = await startCommandLine(['run', abort, ...world.flags, '--set', 'fault=10m']);
    await line.reached('the fault phase', inFaultPhase);
    const before = left();
    expect(await world.sweep()).toMatchObject({ code: 0, stdout: expect.stringContaining('left alone') as string });
    expect(left()).toEqual(before);
    line.process.kill('SIGINT');
    expect((await line.ended).code).toBe(130);
    expect(left()).toEqual([]);
  });

  it('needs a context outside of a pod, as everybody does', async () => {
    const { code, stderr } = await runCommandLine([
      'recover',
      '--expired',
      '--kubeconfig',
      world.sandbox.kubeconfigPath,
    ]);
    expect(stderr).toContain('CONTEXT_MISSING');
    expect(code).toBe(2);
  });
});

describe('the rights of the sweeper', () => {
  it('are these and no others', () => {
    expect(world.granted.toSorted()).toEqual([
      'delete chaosblades',
      'delete leases',
      'delete virtualservices',
      'get chaosblades',
      'get virtualservices',
      'list chaosblades',
      'list leases',
      'list virtualservices',
      'update virtualservices',
    ]);
  });

  it('are all needed: without one of them it fails, names it, and the next sweep with it succeeds', async () => {
    for (const right of world.granted) {
      await leaveAgain(world.sandbox, marks);
      age(world.sandbox, marks, 60);
      await world.without(right);
      const { code, stdout, stderr } = await world.sweep();
      const [verb = '', resource = ''] = right.split(' ');
      expect(stdout + stderr, right).toMatch(new RegExp(`cannot ${verb} resource "${resource}"`));
      expect([3, 5], right).toContain(code);
    }
    await world.giveBack();
    await leaveAgain(world.sandbox, marks);
    age(world.sandbox, marks, 60);
    expect(await world.sweep()).toMatchObject({ code: 0 });
    expect(left()).toEqual([]);
  });
});

describe('a run that requires a sweeper', () => {
  const run = async (): ReturnType<typeof runCommandLine> =>
    runCommandLine(['run', abort, ...world.flags, '--require-sweeper']);
  const sweeper = 'cronjobs.batch';
  const change = (spec: object, status: object): void => {
    const { store } = world.sandbox;
    const job = store.get(sweeper, 'holdfast', 'holdfast-sweeper');
    if (job === undefined) throw new Error('no sweeper');
    store.update(sweeper, { ...job, spec: { ...(job['spec'] as object), ...spec } });
    store.updateStatus(sweeper, 'holdfast', 'holdfast-sweeper', status);
  };
  const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();

  it.each([
    ['has never succeeded', {}, {}, 'has never succeeded yet'],
    ['is suspended', { suspend: true }, { lastSuccessfulTime: minutesAgo(1) }, 'is suspended'],
    ['last succeeded 6 minutes ago', { suspend: false }, { lastSuccessfulTime: minutesAgo(6) }, 'last succeeded 6m'],
  ])('refuses when the one installed %s', async (_, spec, status, message) => {
    change(spec, status);
    const { code, stderr } = await run();
    expect(stderr).toContain(message);
    expect(stderr).toContain('SWEEPER_MISSING');
    expect(code).toBe(3);
    expect(left().filter((it) => !it.includes('cronjobs'))).toEqual([]);
  });

  it('passes while it is at work', async () => {
    change({ suspend: false }, { lastSuccessfulTime: minutesAgo(2) });
    const { code, stderr } = await run();
    expect(code, stderr).toBe(0);
  });

  it('refuses where there is none, also when the config file asks for it', async () => {
    world.sandbox.store.remove(sweeper, 'holdfast', 'holdfast-sweeper');
    const config = join(tempFolder({ 'team.yaml': 'requireSweeper: true\n' }), 'team.yaml');
    const { code, stderr } = await runCommandLine(['run', abort, ...world.flags, '--config', config]);
    expect(stderr).toContain('No sweeper is installed');
    expect(stderr).toContain('deploy/sweeper.yaml');
    expect(code).toBe(3);
  });
});

describe('a run where others have left something elsewhere', () => {
  it('says so, and does its work', async () => {
    age(world.sandbox, marks, 60);
    await world.sweep();
    await leaveAgain(
      world.sandbox,
      marks.filter(([, { metadata }]) => metadata.name.endsWith('-ratings')),
    );
    age(world.sandbox, marks, 60);
    const { code, stderr } = await runCommandLine(['run', abort, ...world.flags]);
    expect(stderr).toMatch(/has left its marks on VirtualService default\/\S+, which this experiment does not touch/);
    expect(code, stderr).toBe(0);
    await world.sweep();
  });
});
