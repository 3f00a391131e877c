import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSandbox } from '../../src/cli/sandbox-process.ts';
import { runCommandLine, startCommandLine } from '../helpers/command-line.ts';
import { type FaultedWorld, inFaultPhase, startFaultedWorld } from '../helpers/faulted-run.ts';

const short = resolve(import.meta.dirname, '../fixtures/e2e/abort/experiment.yaml');
const long = resolve(import.meta.dirname, '../fixtures/e2e/abort/long.yaml');

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

describe('Ctrl-C in the fault phase', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('as %s puts the VirtualService back, writes the reports and ends with %i', async (signal, code) => {
    const line = await startLong();
    line.process.kill(signal);
    const ended = await line.ended;
    expect(ended.code).toBe(code);
    expect(details()).toEqual(before);
    expect(await readFile(join(line.folder, 'reports/junit.xml'), 'utf8')).toContain('rollback: broken details');
    const undone = (await line.events()).find((it) => it.type === 'fault-undone');
    expect(undone).toMatchObject({ undone: true });
    expect((await runCommandLine(['status', ...cluster])).code).toBe(0);
  });
});

describe('a defect that nobody caught, in the fault phase', () => {
  it('does not keep the fault in the cluster', async () => {
    const onSignal = 'process.once("SIGUSR2", () => { throw new Error("boom") })';
    const line = await startCommandLine(['run', long, ...cluster], {
      NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(onSignal)}`,
    });
    await line.reached('the fault phase', inFaultPhase);
    line.process.kill('SIGUSR2');
    const { code, stderr } = await line.ended;
    expect(stderr).toContain('boom');
    expect(code).toBe(3);
    expect(details()).toEqual(before);
  });
});

describe('a terminal that goes away', () => {
  it('(a full disk behind stdout and stderr) does not end the run', async () => {
    const full = openSync('/dev/full', 'w');
    const line = await startCommandLine(['run', short, ...cluster], {}, { stdout: full, stderr: full });
    const { code } = await line.ended;
    closeSync(full);
    expect(code).toBe(0);
    expect(details()).toEqual(before);
  });
});

describe('a second Ctrl-C', () => {
  it('gives up on a cluster that hangs: it names what is left and how to remove it', async () => {
    const hanging = await startSandbox({});
    const there = ['--kubeconfig', hanging.kubeconfig, '--context', hanging.context];
    try {
      const line = await startCommandLine(['run', long, ...there]);
      await line.reached('the fault phase', inFaultPhase);
      process.kill(hanging.pid, 'SIGSTOP');
      line.process.kill('SIGINT');
      await line.reached('the first interrupt', (event) => event.type === 'signal');
      const insisting = setInterval(() => line.process.kill('SIGTERM'), 100);
      void line.ended.then(() => clearInterval(insisting));
      const { code, stderr } = await line.ended;
      expect(code).toBe(5);
      expect(stderr).toContain('Left in the cluster');
      expect(stderr).toMatch(/kubectl .* get virtualservices\.networking\.istio\.io details/);
      process.kill(hanging.pid, 'SIGCONT');
      expect(await runCommandLine(['recover', ...there])).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('recovered  VirtualService default/details') as string,
      });
    } finally {
      process.kill(hanging.pid, 'SIGCONT');
      await hanging.stop();
    }
  });
});
