import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../helpers/command-line.ts';
import { type FaultedWorld, startFaultedWorld } from '../helpers/faulted-run.ts';

const short = resolve(import.meta.dirname, '../fixtures/e2e/abort/experiment.yaml');

let sandbox: FaultedWorld['sandbox'];
let cluster: FaultedWorld['cluster'];
let details: FaultedWorld['details'];
let startLong: FaultedWorld['startLong'];
let before: unknown;

beforeAll(async () => {
  ({ sandbox, cluster, details, startLong } = await startFaultedWorld());
  before = details();
});
afterAll(async () => sandbox.close());

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

    const mistyped = await runCommandLine(['recover', '--run', '20260101-000000-aaaa', ...cluster]);
    expect(mistyped.stdout).toMatch(
      /^Nothing to recover of run 20260101-000000-aaaa\.\nnot asked for {2}run \S+ has left/,
    );

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
    const recovered = await runCommandLine(['recover', ...cluster]);
    expect(recovered.code).toBe(0);
    expect(recovered.stdout).toMatch(
      /^Nothing to recover\.\nleft alone {2}VirtualService default\/details .* locked by run /,
    );
    expect(details()).toContain('holdfast');
    line.process.kill('SIGINT');
    await line.ended;
    expect(details()).toEqual(before);
  });
});
