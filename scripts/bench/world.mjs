import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { leanEnv, timeProcess } from './measure.mjs';

export const HOLDFAST = 'bin/holdfast.js';

/** A sandbox of its own and a folder for files, until `work` is done. */
export async function inWorld(work) {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  const child = spawn(process.execPath, [HOLDFAST, 'sandbox', 'up', '-o', 'json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: leanEnv(),
  });
  const ended = once(child, 'close');
  try {
    const lines = createInterface(child.stdout);
    const [line] = await Promise.race([once(lines, 'line'), ended.then(() => Promise.reject(new Error('no sandbox')))]);
    const sandbox = JSON.parse(line);
    return await work({ folder, sandbox, target: ['--kubeconfig', sandbox.kubeconfig, '--context', sandbox.context] });
  } finally {
    child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes an experiment file. */
export function write({ folder }, name, text) {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, text);
  return file;
}

/** Runs a file against the world's sandbox; its report. Rejects when the exit code is not among `codes`. */
export async function runFile({ folder, target }, file, name, codes = [0]) {
  const output = join(folder, name);
  await timeProcess(process.execPath, [HOLDFAST, 'run', file, ...target, '--output', output], {
    env: leanEnv(),
    codes,
  });
  return JSON.parse(readFileSync(join(output, 'report.json'), 'utf8'));
}
