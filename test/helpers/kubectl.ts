import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

/** What a kubectl call left behind. */
export interface KubectlResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A kubectl binary bound to a kubeconfig and a cache folder of its own. */
export interface Kubectl {
  (args: readonly string[], stdin?: string): Promise<KubectlResult>;
  /** Starts a command that runs until stopped. */
  start(args: readonly string[]): { output(): string; stop(): void };
  /** Removes the cache folder. */
  close(): Promise<void>;
}

/** A kubectl that was found, with its `major.minor`. */
export interface KubectlBinary {
  readonly path: string;
  readonly version: string;
}

/** The binaries of HOLDFAST_TEST_KUBECTL (colon-separated), else `kubectl` from PATH; empty when there is none. */
export function findKubectls(): readonly KubectlBinary[] {
  const candidates = (process.env['HOLDFAST_TEST_KUBECTL'] ?? 'kubectl').split(':').filter((path) => path !== '');
  return candidates.flatMap((path) => {
    const { status, stdout } = spawnSync(path, ['version', '--client', '-o', 'json'], { encoding: 'utf8' });
    if (status !== 0) return [];
    const { clientVersion } = JSON.parse(stdout) as { clientVersion: { major: string; minor: string } };
    return [{ path, version: `${clientVersion.major}.${clientVersion.minor.replace(/\D/g, '')}` }];
  });
}

/** Binds a binary to a kubeconfig; `args` (context, namespace) precede those of every call. */
export async function bindKubectl(path: string, kubeconfig: string, args: readonly string[] = []): Promise<Kubectl> {
  const cache = await mkdtemp(join(tmpdir(), 'holdfast-kubectl-'));
  const common = ['--kubeconfig', kubeconfig, '--cache-dir', cache, ...args];
  const run = async (rest: readonly string[], stdin = ''): Promise<KubectlResult> => {
    const {
      exitCode = 1,
      stdout,
      stderr,
    } = await execa(path, [...common, ...rest], {
      input: stdin,
      reject: false,
      stripFinalNewline: false,
    });
    return { code: exitCode, stdout, stderr };
  };
  const start: Kubectl['start'] = (rest) => {
    const child = spawn(path, [...common, ...rest], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    return { output: () => output, stop: () => child.kill('SIGKILL') };
  };
  return Object.assign(run, { start, close: () => rm(cache, { recursive: true, force: true }) });
}
