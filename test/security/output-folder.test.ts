import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine, startCommandLine } from '../helpers/command-line.ts';
import { type FaultedWorld, inFaultPhase, startFaultedWorld } from '../helpers/faulted-run.ts';
import { tempFolder } from '../helpers/temp-folder.ts';
import { until } from '../helpers/until.ts';

const bin = resolve(import.meta.dirname, '../../bin/holdfast.js');
const short = resolve(import.meta.dirname, '../fixtures/e2e/abort/experiment.yaml');

let world: FaultedWorld;
let before: string;

beforeAll(async () => {
  world = await startFaultedWorld();
  before = world.details();
});
afterAll(async () => world.sandbox.close());

async function run(output: string, ...more: readonly string[]) {
  const line = await startCommandLine(['run', short, ...world.cluster, '--output', output, ...more]);
  return line.ended;
}

/** `holdfast` behind a shell that first does something to itself, such as `umask` or `ulimit`. */
async function runUnder(shell: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const onShell = ['-c', `${shell}; exec "$0" "$@"`, process.execPath, bin, ...args];
  return startCommandLine(onShell, env, {}, '/bin/sh');
}

const versionOf = (): string | undefined =>
  world.sandbox.store
    .list('virtualservices.networking.istio.io', 'default')
    .find((it) => it.metadata.name === 'details')?.metadata.resourceVersion;

describe('an output folder that cannot be used is refused before the cluster is touched', () => {
  it.each([
    ['is a symbolic link', (at: string) => symlinkSync(tempFolder({}), at), 'a symbolic link'],
    ['is a link to nowhere', (at: string) => symlinkSync('/nowhere', at), 'a symbolic link'],
    ['is a file', (at: string) => writeFileSync(at, ''), 'no folder'],
    ['lies below a file', (at: string) => writeFileSync(join(at, '..'), ''), 'ENOTDIR', true],
    ['has a link for its runs', (at: string) => link(at, 'runs'), 'a symbolic link'],
    ['has a link for a report', (at: string) => link(at, 'junit.xml'), 'a symbolic link'],
    ['has a folder for a report', (at: string) => mkdirSync(join(at, 'report.json'), { recursive: true }), 'no file'],
  ] as const)('where it %s', async (_, spoil, why, below?: boolean) => {
    const at = below === true ? join(tempFolder({}), 'x', 'out') : join(tempFolder({}), 'out');
    spoil(at);
    const version = versionOf();
    const { code, stderr } = await run(at);
    expect(stderr).toContain('OUTPUT_UNWRITABLE');
    expect(stderr).toContain(why);
    expect(stderr).toContain(at);
    expect(code).toBe(2);
    expect(versionOf()).toBe(version);
  });

  it.each(['/proc/holdfast/reports', '/proc/self/fd/holdfast', '/sys/holdfast/a/b'])('where it is %s', async (at) => {
    const { code, stderr } = await run(at);
    expect(stderr).toContain('OUTPUT_UNWRITABLE');
    expect(code).toBe(2);
    expect(world.details()).toBe(before);
  });

  // The superuser writes where nobody may.
  it.skipIf(process.getuid?.() === 0)('where nobody may write', async () => {
    const at = tempFolder({});
    chmodSync(at, 0o500);
    expect(await run(at)).toMatchObject({ code: 2, stderr: expect.stringContaining('EACCES') as string });
  });
});

describe('what a run writes', () => {
  it.each(['000', '022', '277'])('is its owner’s alone under umask %s', async (umask) => {
    const line = await runUnder(`umask ${umask}`, ['run', short, ...world.cluster, '--output', 'a/b']);
    const { code, stderr } = await line.ended;
    expect(code, stderr).toBe(0);
    const [runId = ''] = readdirSync(join(line.folder, 'a/b/runs'));
    const modes = ['a', 'a/b', 'a/b/runs', `a/b/runs/${runId}`].map((path) => mode(line.folder, path));
    expect(modes).toEqual([0o700, 0o700, 0o700, 0o700]);
    const files = ['junit.xml', 'report.json', `runs/${runId}/journal.ndjson`];
    expect(files.map((path) => mode(line.folder, `a/b/${path}`))).toEqual([0o600, 0o600, 0o600]);
    expect(readdirSync(join(line.folder, 'a/b')).sort()).toEqual(['junit.xml', 'report.json', 'runs']);
  });

  it('leaves the mode of a folder that is there as it is', async () => {
    const at = tempFolder({});
    chmodSync(at, 0o755);
    expect((await run(at)).code).toBe(0);
    expect(statSync(at).mode & 0o777).toBe(0o755);
  });
});

describe('a disk that gets full', () => {
  /** Blocks of 512 bytes (POSIX sh) that a file may have. */
  const full = (blocks: number) => `ulimit -f ${blocks}`;

  it('at the start stops the run before anything is written into the cluster', async () => {
    const version = versionOf();
    const line = await runUnder(full(1), ['run', short, ...world.cluster]);
    const { code, stderr } = await line.ended;
    expect(stderr).toContain('OUTPUT_UNWRITABLE');
    expect(code).not.toBe(0);
    expect(versionOf()).toBe(version);
  });

  it('in the fault phase is told, and the rollback runs all the same', async () => {
    const file = join(tempFolder({ 'x.yaml': growing() }), 'x.yaml');
    const line = await runUnder(full(96), ['run', file, ...world.cluster]);
    await line.reached('the fault phase', inFaultPhase);
    expect(world.details()).not.toBe(before);
    const { code, stderr } = await line.ended;
    expect(stderr).toContain('OUTPUT_UNWRITABLE');
    expect(stderr).toMatch(/EFBIG|ENOSPC/);
    expect(code).toBe(3);
    const report = JSON.parse(readFileSync(join(line.folder, 'reports/report.json'), 'utf8')) as { exitCode: number };
    expect(report.exitCode).toBe(3);
    expect(world.details()).toBe(before);
    expect((await runCommandLine(['status', ...world.cluster])).code).toBe(0);
  }, 60_000);

  it('while reports are written keeps the old report whole and the exit code from green', async () => {
    const line = await startCommandLine(['run', short, ...world.cluster, '--output', 'out']);
    await line.reached('the fault phase', inFaultPhase, 'out');
    // What took the place of the report since the start: it can neither be followed nor replaced.
    const junit = join(line.folder, 'out/junit.xml');
    const target = join(tempFolder({ 'target.txt': 'kept' }), 'target.txt');
    symlinkSync(target, junit);
    const { code, stderr } = await line.ended;
    expect(stderr).toContain('✓ passed');
    expect(stderr).toContain('OUTPUT_UNWRITABLE');
    expect(code).toBe(3);
    expect(readFileSync(target, 'utf8')).toBe('kept');
    expect(world.details()).toBe(before);
  });
});

describe('a process without its streams', () => {
  it.each([
    ['without stdin, stdout and stderr', 'exec <&- >&- 2>&-'],
    ['with a reader that has gone', 'exec 2>&1 | true'],
  ])('%s runs to its end', async (_, shell) => {
    const piped = shell.includes('|');
    const line = piped
      ? await startCommandLine(
          ['-c', '"$0" "$@" 2>&1 | head -c 1 >/dev/null; true', process.execPath, bin, 'run', short, ...world.cluster],
          {},
          {},
          '/bin/sh',
        )
      : await runUnder(shell, ['run', short, ...world.cluster]);
    await line.ended;
    await until('the report', () => existsSync(join(line.folder, 'reports/report.json')), 20_000);
    const report = JSON.parse(readFileSync(join(line.folder, 'reports/report.json'), 'utf8')) as { exitCode: number };
    expect(report.exitCode).toBe(0);
    expect(world.details()).toBe(before);
  });
});

describe('a detached sandbox', () => {
  it.each([
    ['in /proc', { HOME: '/proc/holdfast', XDG_STATE_HOME: '' }],
    ['below a file', { XDG_STATE_HOME: join(bin, 'state') }],
  ])('whose state folder is %s does not stay, and says why', async (_, env) => {
    const line = await startCommandLine(['sandbox', 'up', '--detach', '--scenario', 'empty'], env);
    const { code, stderr } = await line.ended;
    expect(stderr).toContain('XDG_STATE_HOME');
    expect(code).toBe(2);
  });
});

function link(at: string, name: string): void {
  mkdirSync(at);
  symlinkSync(tempFolder({}), join(at, name));
}

function mode(folder: string, path: string): number {
  return statSync(join(folder, path)).mode & 0o777;
}

/** Samples by the hundred: the journal grows until the disk is full. */
function growing(): string {
  return readFileSync(short, 'utf8')
    .replace('fault: 1s', 'fault: 6s')
    .replace('rate: 10/s', 'rate: 60/s')
    .replace('contains: Reviewer1', 'contains: Reviewer1, matches: ["."]');
}
