import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SandboxProcess, startSandbox } from '../../src/cli/sandbox-process.ts';
import { textsBelow } from '../helpers/planted.ts';

let sandbox: SandboxProcess;

beforeAll(async () => {
  sandbox = await startSandbox({});
});
afterAll(async () => sandbox.stop());

// Linux tells what a process listens on; elsewhere the addresses in the sources have to do.
describe.skipIf(process.platform !== 'linux')('the sandbox', () => {
  it('listens on loopback only', () => {
    const listening = listeners(sandbox.pid);
    expect(listening.length).toBeGreaterThan(10);
    expect(listening.filter((address) => !isLoopback(address))).toEqual([]);
  });

  it('keeps its kubeconfig to its owner, and the key of its CA in memory', () => {
    const folder = dirname(sandbox.kubeconfig);
    expect(statSync(sandbox.kubeconfig).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const texts = textsBelow(folder);
    expect(Object.keys(texts)).toEqual(['kubeconfig']);
    expect(Object.values(texts).join('')).not.toMatch(/PRIVATE KEY|client-key/);
    const open = readdirSync(`/proc/${sandbox.pid}/fd`).map((fd) => linkOf(`/proc/${sandbox.pid}/fd/${fd}`));
    expect(open.filter((path) => /\.(?:pem|key)$/.test(path))).toEqual([]);
  });
});

function listeners(pid: number): readonly string[] {
  const inodes = new Set(readdirSync(`/proc/${pid}/fd`).map((fd) => linkOf(`/proc/${pid}/fd/${fd}`)));
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      // 0A is LISTEN.
      .filter(([, , , state, , , , , , inode]) => state === '0A' && inodes.has(`socket:[${inode}]`))
      .map(([, address = '']) => address.split(':')[0] ?? ''),
  );
}

/** Addresses stand there in the bytes of the machine: 127.0.0.0/8 ends in 7F where the low byte comes first. */
function isLoopback(address: string): boolean {
  return address === '00000000000000000000000001000000' || /^[0-9A-F]{6}7F$/.test(address);
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
