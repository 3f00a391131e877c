import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSandbox } from '../../src/cli/sandbox-process.ts';
import type { SandboxFacts } from '../../src/cli/sandbox-process.ts';
import { HoldfastError } from '../../src/model/errors.ts';
import { callApi } from '../helpers/api-request.ts';
import { httpGet } from '../helpers/http-get.ts';
import { until } from '../helpers/until.ts';

const root = resolve(import.meta.dirname, '../..');
let state: string;

beforeAll(() => {
  state = mkdtempSync(join(tmpdir(), 'holdfast-state-'));
});
afterAll(() => rmSync(state, { recursive: true, force: true }));

describe('a sandbox process', () => {
  it('is ready when it reports, and leaves nothing when it is stopped', async () => {
    const sandbox = await startSandbox({ seed: 11 });
    const page = await httpGet(`${sandbox.ingress}/productpage`);
    const mode = statSync(sandbox.kubeconfig).mode & 0o777;
    await sandbox.stop();

    expect(page.status).toBe(200);
    expect(sandbox.seed).toBe(11);
    expect(mode).toBe(0o600);
    expect(isAlive(sandbox.pid)).toBe(false);
    expect(existsSync(dirname(sandbox.kubeconfig))).toBe(false);
    await expect(httpGet(`${sandbox.ingress}/productpage`)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('that cannot start says why', async () => {
    const error: unknown = await startSandbox({ scenario: 'nowhere' }).catch((reason: unknown) => reason);

    expect(error).toBeInstanceOf(HoldfastError);
    expect(error).toMatchObject({ code: 'SANDBOX_FAILED' });
    expect(String(error)).toContain('unknown scenario "nowhere"; there are empty, bookinfo');
    const version: unknown = await startSandbox({ chaosblade: '0.9' }).catch((reason: unknown) => reason);
    expect(String(version)).toContain('unknown ChaosBlade version "0.9"; there are 0.8, 1.8, none');
  });

  it.each([
    [{ scenario: 'empty' }, undefined],
    [{ chaosblade: 'none' }, undefined],
    [{}, '1.8.0'],
    [{ scenario: 'empty', chaosblade: '0.8' }, '0.8.0'],
  ])('has the ChaosBlade that %o asks for', async (options, version) => {
    const sandbox = await startSandbox(options);
    try {
      const api = { url: sandbox.apiServer, kubeconfig: readFileSync(sandbox.kubeconfig, 'utf8') };
      const { text } = await callApi(api, '/apis/apps/v1/namespaces/chaosblade/deployments/chaosblade-operator');
      expect(/chaosblade-operator:([\d.]+)/.exec(text)?.[1]).toBe(version);
    } finally {
      await sandbox.stop();
    }
  });

  it('is given up when the start is aborted', async () => {
    const stop = new AbortController();
    const started = startSandbox({ signal: stop.signal });
    stop.abort();
    await expect(started).rejects.toMatchObject({ code: 'SANDBOX_FAILED' });
  });
});

describe('holdfast sandbox up', () => {
  it('dies with the process that started it, even when that is killed', async () => {
    const up = holdfast('up', '-o', 'json');
    const facts = await firstLine(up);
    expect(isAlive(facts.pid)).toBe(true);
    up.kill('SIGKILL');

    await until('the sandbox is gone', () => !isAlive(facts.pid));
    await until('its folder is gone', () => !existsSync(dirname(facts.kubeconfig)));
  });

  it('ends in peace with Ctrl-C', async () => {
    const up = holdfast('up', '-o', 'json');
    const facts = await firstLine(up);
    const ended = exitCode(up);
    up.kill('SIGINT');

    expect(await ended).toBe(0);
    expect(isAlive(facts.pid)).toBe(false);
  });

  it('--detach stays until down, which stops it and forgets it', async () => {
    const up = holdfast('up', '--detach', '-o', 'json', '--seed', '3');
    const [facts, code] = await Promise.all([firstLine(up), exitCode(up)]);
    expect(code).toBe(0);
    expect((await httpGet(`${facts.ingress}/productpage`)).status).toBe(200);
    expect(Object.keys(facts)).toEqual(['kubeconfig', 'context', 'ingress', 'apiServer', 'pid', 'seed']);
    const down = holdfast('down');

    expect(await exitCode(down)).toBe(0);
    await until('the sandbox is gone', () => !isAlive(facts.pid));
    expect(readdirSync(join(state, 'holdfast', 'sandboxes'))).toEqual([]);
  });
});

describe('holdfast sandbox up --detach where nothing can be noted for down', () => {
  it('says so, ends with 2, and leaves no sandbox behind', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-readonly-'));
    try {
      writeFileSync(join(folder, 'a-file'), '');
      mkdirSync(join(folder, 'tmp'));
      const env = { XDG_STATE_HOME: join(folder, 'a-file'), TMPDIR: join(folder, 'tmp') };
      const up = spawn(process.execPath, [join(root, 'bin/holdfast.js'), 'sandbox', 'up', '--detach'], {
        env: { ...process.env, ...env },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let said = '';
      up.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
      expect(await exitCode(up)).toBe(2);
      expect(said).toContain('Set XDG_STATE_HOME to a folder that can be written, or leave out --detach.');
      expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('holdfast sandbox down', () => {
  it("leaves a process alone that only has a sandbox's number", async () => {
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    try {
      mkdirSync(join(state, 'holdfast', 'sandboxes'), { recursive: true });
      const facts = { pid: stranger.pid, token: '0123456789abcdef' };
      writeFileSync(join(state, 'holdfast', 'sandboxes', `${stranger.pid}.json`), JSON.stringify(facts));

      expect(await exitCode(holdfast('down'))).toBe(0);
      expect(isAlive(stranger.pid ?? 0)).toBe(true);
    } finally {
      stranger.kill('SIGKILL');
    }
  });
});

function holdfast(...args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [join(root, 'bin/holdfast.js'), 'sandbox', ...args], {
    env: { ...process.env, XDG_STATE_HOME: state },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function firstLine(child: ChildProcess): Promise<SandboxFacts> {
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const line = await until('a line on stdout', () => text.includes('\n') && text, 20_000);
  return JSON.parse(line) as SandboxFacts;
}

function exitCode(child: ChildProcess): Promise<number | null> {
  return new Promise((done) => child.once('exit', (code) => done(code)));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
