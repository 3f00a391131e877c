import { execFile } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { HoldfastError } from '../model/errors.ts';
import { makePrivateFolder } from '../util/private-folder.ts';
import type { Io } from './io.ts';
import type { SandboxFacts } from './sandbox-process.ts';
import { stopProcess } from './stop-process.ts';

/** A sandbox that was started with --detach, as its state file keeps it. */
type Detached = SandboxFacts & { readonly token: string };

/** Notes a detached sandbox in the user's state folder, for `sandbox down` to find it. */
export async function rememberSandbox(
  { kubeconfig, context, ingress, apiServer, pid, seed, token }: Detached,
  env: Io['env'],
): Promise<void> {
  const folder = stateFolder(env);
  const facts = { kubeconfig, context, ingress, apiServer, pid, seed, token };
  try {
    await makePrivateFolder(folder);
    const file = join(folder, `${pid}.json`);
    // Of an earlier process with this number; also when it is a link to somewhere else.
    await rm(file, { force: true });
    await writeFile(file, `${JSON.stringify(facts)}\n`, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    throw new HoldfastError('OUTPUT_UNWRITABLE', {
      message: `The sandbox cannot be noted for \`holdfast sandbox down\`: ${cause instanceof Error ? cause.message : String(cause)}`,
      where: folder,
      hint: 'Set XDG_STATE_HOME to a folder that can be written, or leave out --detach.',
      cause,
    });
  }
}

/** Stops every remembered sandbox whose process is still ours, forgets all, and gives the pids that were stopped. */
export async function stopRememberedSandboxes(env: Io['env']): Promise<number[]> {
  const folder = stateFolder(env);
  const stopped: number[] = [];
  for (const file of await stateFiles(folder)) {
    const path = join(folder, file);
    const sandbox = await read(path);
    if (sandbox && (await isOurs(sandbox))) {
      await stopProcess(sandbox.pid, untilGone(sandbox));
      stopped.push(sandbox.pid);
    }
    await rm(path, { force: true });
  }
  return stopped;
}

function stateFolder(env: Io['env']): string {
  return join(env['XDG_STATE_HOME'] || join(env['HOME'] || homedir(), '.local', 'state'), 'holdfast', 'sandboxes');
}

async function stateFiles(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((file) => /^\d+\.json$/.test(file));
  } catch {
    return [];
  }
}

async function read(path: string): Promise<Detached | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Detached;
  } catch {
    return undefined;
  }
}

/** Bounded, for a process that even KILL does not end is beyond us. A dead one that nobody has waited for is gone too. */
async function untilGone(sandbox: Detached): Promise<void> {
  for (let looked = 0; looked < 500 && (await isOurs(sandbox)); looked += 1) await wait(10);
}

/** A pid may have been given to another process since; ours has the token in its command line. */
async function isOurs({ pid, token }: Detached): Promise<boolean> {
  return (await commandLine(pid)).includes(`--token=${token}`);
}

async function commandLine(pid: number): Promise<string> {
  try {
    return await readFile(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    // No /proc: not Linux, or no such process.
  }
  try {
    return (await promisify(execFile)('ps', ['-ww', '-o', 'command=', '-p', `${pid}`])).stdout;
  } catch {
    return '';
  }
}
