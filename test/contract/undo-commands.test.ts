import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine, startCommandLine } from '../helpers/command-line.ts';
import { differences, markedObjects, type Snapshot, takeSnapshot } from '../helpers/crash/snapshot.ts';
import { crashFixtures, type CrashWorld, startCrashWorld } from '../helpers/crash/world.ts';
import { inFaultPhase } from '../helpers/faulted-run.ts';
import { findKubectls } from '../helpers/kubectl.ts';
import { until } from '../helpers/until.ts';

const bin = resolve(import.meta.dirname, '../../bin/holdfast.js');
const hasTools = findKubectls().length > 0 && spawnSync('jq', ['--version']).status === 0;

let world: CrashWorld;

beforeAll(async () => {
  world = await startCrashWorld();
});
afterAll(async () => world.sandbox.close());

/** A run of which the runner died under the fault, and the commands that were printed for a person, in order. */
async function killed(experiment: string): Promise<{ readonly first: string[]; readonly byHand: string[] }> {
  const file = join(crashFixtures, `${experiment}.yaml`);
  const line = await startCommandLine(['run', file, '--set', 'fault=60s', ...world.flags]);
  await line.reached('the fault phase', inFaultPhase);
  const planned = (await line.events()).flatMap((it) =>
    it.type === 'planned' ? it.plan.faults.flatMap(({ undoCommands }) => undoCommands) : [],
  );
  line.process.kill('SIGKILL');
  await line.ended;
  const { stdout } = await runCommandLine(['status', ...world.flags, '-o', 'json']);
  const { leftovers } = JSON.parse(stdout) as { leftovers: readonly { undoCommands: readonly string[] }[] };
  const printed = leftovers.flatMap(({ undoCommands }) => undoCommands);
  // What was printed before anything was written is the same, but for a setup that came between.
  if (experiment !== 'setup') expect(printed).toEqual(expect.arrayContaining(planned.filter((it) => it !== '')));
  const isFirst = (command: string): boolean => command.startsWith('holdfast ');
  return { first: printed.filter(isFirst), byHand: printed.filter((it) => !isFirst(it)) };
}

async function type(command: string): Promise<void> {
  const typed = command.replace(/^holdfast /, `${process.execPath} ${bin} `);
  const { exitCode, stderr } = await execa('sh', ['-c', typed], { reject: false });
  expect(`${exitCode} ${stderr}`, command).toMatch(/^0 /);
}

/** As values: kubectl sorts the keys of what it prints, and leaves maps that have become empty. */
function plain(snapshot: Snapshot): Snapshot {
  const isEmpty = (value: unknown): boolean => JSON.stringify(value) === '{}';
  const sorted = (_key: string, value: unknown): unknown =>
    typeof value !== 'object' || value === null || Array.isArray(value)
      ? value
      : Object.fromEntries(
          Object.entries(value)
            .filter(([, inner]) => !isEmpty(inner))
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        );
  return new Map([...snapshot].map(([key, text]) => [key, JSON.stringify(JSON.parse(text), sorted)]));
}

/** Everything but the locks, which end by themselves. */
async function expectOriginal(before: Snapshot): Promise<void> {
  const left = (): readonly string[] =>
    differences(plain(before), plain(takeSnapshot(world.sandbox))).filter((it) => !it.includes(' leases.'));
  await until('all is as it was', () => left().length === 0, 10_000).catch(() => undefined);
  expect(left()).toEqual([]);
  expect(markedObjects(world.sandbox)).toEqual([]);
}

// Where there is no kubectl or no jq, nobody can type these commands.
describe.skipIf(!hasTools)('the commands that are printed for a person', () => {
  it.each(['istio-abort', 'istio-create', 'istio-gateway', 'istio-delegate', 'setup', 'blade-loss'])(
    'all work: %s',
    async (experiment) => {
      const before = takeSnapshot(world.sandbox);
      const { byHand } = await killed(experiment);
      expect(byHand.length).toBeGreaterThan(0);
      for (const command of byHand) await type(command);
      await expectOriginal(before);
      const { first } = await killed(experiment);
      expect(first.length).toBeGreaterThan(0);
      for (const command of new Set(first)) await type(command);
      await expectOriginal(before);
    },
    120_000,
  );

  it('take out a route of ours that somebody renamed, too', async () => {
    const before = takeSnapshot(world.sandbox);
    const line = await startCommandLine([
      'run',
      join(crashFixtures, 'istio-abort.yaml'),
      '--set',
      'fault=60s',
      ...world.flags,
    ]);
    await line.reached('the fault phase', inFaultPhase);
    line.process.kill('SIGKILL');
    await line.ended;
    const { store } = world.sandbox;
    const rules = 'virtualservices.networking.istio.io';
    const object = structuredClone(store.get(rules, 'default', 'details'));
    const spec = object?.['spec'] as { http: { name?: string }[] };
    for (const route of spec.http) if (route.name?.startsWith('holdfast-')) route.name = "somebody's";
    if (object !== undefined) store.update(rules, object);
    const { stdout } = await runCommandLine(['status', ...world.flags, '-o', 'json']);
    const { leftovers } = JSON.parse(stdout) as { leftovers: readonly { undoCommands: readonly string[] }[] };
    for (const command of leftovers.flatMap((it) => it.undoCommands.slice(1))) await type(command);
    await expectOriginal(before);
  }, 60_000);
});
