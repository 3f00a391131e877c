import { spawn } from 'node:child_process';
import { which } from 'zx';

/** Wall milliseconds of one whole process, output thrown away. Rejects when the exit code is not among `codes`. */
export function timeProcess(command, args, { codes = [0], env = process.env, cwd } = {}) {
  return new Promise((resolve, reject) => {
    const started = process.hrtime.bigint();
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], env, cwd });
    let stderr = '';
    child.stderr.on('data', (chunk) => (stderr += chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      const ms = Number(process.hrtime.bigint() - started) / 1e6;
      if (codes.includes(code)) resolve(ms);
      else reject(new Error(`${command} ${args.join(' ')} ended with ${code}: ${stderr.slice(-500)}`));
    });
  });
}

/** Runs the candidates in turn, A B C A B C ..., after one warm-up each; returns the figures of each. */
export async function interleave(candidates, runs) {
  const figures = new Map(Object.keys(candidates).map((name) => [name, []]));
  for (let round = -1; round < runs; round += 1) {
    for (const [name, measure] of Object.entries(candidates)) {
      const figure = await measure();
      if (round >= 0) figures.get(name).push(figure);
    }
  }
  return Object.fromEntries(figures);
}

/** Middle figure; the mean of the two middle ones where their number is even. */
export function median(figures) {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** `123 (110..140)`: median and spread. */
export function spread(figures, digits = 0) {
  return `${median(figures).toFixed(digits)} (${Math.min(...figures).toFixed(digits)}..${Math.max(...figures).toFixed(digits)})`;
}

/** Where a program is on the PATH, or undefined. */
export async function find(program) {
  return (await which(program, { nothrow: true })) ?? undefined;
}

/** Without this variable: Node 20 parses the whole bundle at each start, which hides everything else. */
export function leanEnv() {
  const { NODE_EXTRA_CA_CERTS: _certificates, ...env } = process.env;
  return env;
}
