import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { leanEnv, median } from './measure.mjs';
import { HOLDFAST, inWorld, write } from './world.mjs';

const COUNT = 50;
const SHARE = 10;
const LOOK_EVERY_MS = 250;

/** Fifty experiments one after another in one process: what each costs beyond its phases, and the memory of the run. */
export async function benchMany() {
  return inWorld(async (world) => {
    const text = Array.from({ length: COUNT }, (_, index) => experiment(index)).join('---\n');
    const file = write(world, 'many', text);
    const output = join(world.folder, 'many');
    const memory = await watchMemory([HOLDFAST, 'run', file, ...world.target, '--output', output]);
    const { experiments } = JSON.parse(readFileSync(join(output, 'report.json'), 'utf8'));
    const overhead = experiments.map(({ overheadMs }) => overheadMs);
    const [first, last] = [median(overhead.slice(0, SHARE)), median(overhead.slice(-SHARE))];
    return [
      {
        what: `${COUNT} experiments one after another: each beyond its declared phases`,
        figure: `first ${SHARE}: ${first.toFixed(0)} ms; last ${SHARE}: ${last.toFixed(0)} ms`,
        aim: 'flat',
        beside: 'of it at least 200 ms of propagation, in and out',
      },
      {
        what: `${COUNT} experiments one after another: memory of the run`,
        figure: `at most ${memory.most.toFixed(0)} MB; after a fifth of the time ${memory.early.toFixed(0)} MB, at the end ${memory.late.toFixed(0)} MB`,
        aim: '< 250 MB, flat',
        beside: 'the whole process, probes included',
      },
    ];
  });
}

/** Runs to the end; resident megabytes: the most, and the median of the second and of the last fifth of the time. */
async function watchMemory(args) {
  const child = spawn(process.execPath, args, { stdio: 'ignore', env: leanEnv() });
  const looks = [];
  const timer = setInterval(() => looks.push(residentMegabytes(child.pid)), LOOK_EVERY_MS);
  const [code] = await once(child, 'close');
  clearInterval(timer);
  if (code !== 0) throw new Error(`the run of ${COUNT} experiments ended with ${code}`);
  const seen = looks.filter((look) => look > 0);
  const fifth = Math.floor(seen.length / 5);
  return { most: Math.max(...seen), early: median(seen.slice(fifth, 2 * fifth)), late: median(seen.slice(-fifth)) };
}

function residentMegabytes(pid) {
  try {
    return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;
  } catch {
    return 0;
  }
}

function experiment(index) {
  return `apiVersion: holdfast.dev/v1alpha1
kind: Experiment
metadata: {name: many-${index}}
spec:
  phases: {baseline: 200ms, fault: 200ms, recovery: {within: 20s, stable: 200ms}}
  hypothesis:
    - name: api
      http: {path: /api/v1/products, timeout: 5s}
      rate: 20/s
      expect: {status: 200}
      underFault: {expect: {status: 503}}
  faults:
    - name: fault
      abort: {service: productpage, gateway: true, httpStatus: 503, match: {uri: {prefix: /api}}}
`;
}
