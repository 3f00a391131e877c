import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JournalEvent } from '../../src/model/event.ts';
import { type CommandLine, runCommandLine, startCommandLine } from '../helpers/command-line.ts';
import { startTestSandbox, type TestSandbox } from '../helpers/start-sandbox.ts';

const long = resolve(import.meta.dirname, '../fixtures/e2e/abort/long.yaml');
const short = resolve(import.meta.dirname, '../fixtures/e2e/abort/experiment.yaml');

let sandbox: TestSandbox;
let cluster: readonly string[];
let before: unknown;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  cluster = ['--kubeconfig', sandbox.kubeconfigPath, '--context', sandbox.context];
  before = details();
});
afterAll(async () => sandbox.close());

/** What a run must give back byte for byte. */
function details(): string {
  const found = sandbox.store
    .list('virtualservices.networking.istio.io', 'default')
    .find((it) => it.metadata.name === 'details');
  return JSON.stringify([found?.['spec'], found?.metadata.labels, found?.metadata.annotations]);
}

const inFaultPhase = (event: JournalEvent): boolean => event.type === 'phase-started' && event.phase === 'fault';

async function startLong(): Promise<CommandLine> {
  const line = await startCommandLine(['run', long, ...cluster]);
  await line.reached('the fault phase', inFaultPhase);
  expect(details()).toContain('holdfast');
  return line;
}

describe('SIGKILL in the fault phase', () => {
  it('leaves a fault that status names, that stops the next run, and that recover removes', async () => {
    const line = await startLong();
    line.process.kill('SIGKILL');
    await line.ended;

    const status = await runCommandLine(['status', ...cluster, '-o', 'json']);
    expect(status.code).toBe(5);
    expect(JSON.parse(status.stdout)).toMatchObject({
      leftovers: [{ where: 'VirtualService default/details', what: 'fault broken details', alive: false }],
      locks: [{ key: 'vs:default/details', alive: false }],
    });
    const next = await runCommandLine(['run', short, ...cluster]);
    expect(next).toMatchObject({ code: 5, stderr: expect.stringContaining('holdfast recover') as string });

    const dry = await runCommandLine(['recover', '--dry-run', ...cluster]);
    expect(dry).toMatchObject({ code: 5, stdout: expect.stringContaining('would recover') as string });
    expect(details()).not.toEqual(before);

    const recovered = await runCommandLine(['recover', ...cluster]);
    expect(recovered).toMatchObject({ code: 0, stdout: expect.stringContaining('recovered') as string });
    expect(recovered.stdout).toContain('unlocked  vs:default/details');
    expect(details()).toEqual(before);
    expect(await runCommandLine(['recover', ...cluster])).toMatchObject({ code: 0, stdout: 'Nothing to recover.\n' });
    expect((await runCommandLine(['status', ...cluster])).code).toBe(0);
  });

  it('is recovered first by a run with --recover', async () => {
    const line = await startLong();
    line.process.kill('SIGKILL');
    await line.ended;
    const next = await runCommandLine(['run', short, '--recover', ...cluster]);
    expect(next.stderr).toContain('recovered VirtualService default/details');
    expect(next.code).toBe(0);
    expect(details()).toEqual(before);
  });
});

describe('two runs on one target', () => {
  it('the second is locked out with 6, and recover leaves the first alone', async () => {
    const line = await startLong();
    const second = await runCommandLine(['run', short, ...cluster]);
    expect(second.code).toBe(6);
    expect(await runCommandLine(['recover', ...cluster])).toMatchObject({ code: 0, stdout: 'Nothing to recover.\n' });
    expect(details()).toContain('holdfast');
    line.process.kill('SIGINT');
    await line.ended;
    expect(details()).toEqual(before);
  });
});
