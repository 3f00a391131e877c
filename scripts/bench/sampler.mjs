import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import autocannon from 'autocannon';
import { build } from 'esbuild';
import { interleave, leanEnv, median } from './measure.mjs';

const RATES = [200, 1000, 5000];
const ROUNDS = 3;
const RUN_MS = 600;

/** The open model against a server that answers after 10 ms: error from send to end against the server's own clock, and send lag. */
export async function benchSampler() {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  const server = spawn(process.execPath, [fileURLToPath(new URL('./delay-server.mjs', import.meta.url))], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: leanEnv(),
  });
  try {
    const port = Number(String((await once(server.stdout, 'data'))[0]));
    const sampler = await openSampler(folder, port);
    const figures = await interleave(candidates(sampler, port), ROUNDS);
    for (const rate of RATES) figures[`${rate} autocannon`] = [await cannon(port, rate)];
    await sampler.close();
    return RATES.flatMap((rate) => [row(figures, rate, 'idle'), row(figures, rate, 'busy')]);
  } finally {
    server.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The library's main-thread side is TypeScript; the worker is the one that `npm run build` made. */
async function openSampler(folder, port) {
  const outfile = join(folder, 'open-sampler.mjs');
  await build({
    entryPoints: ['src/probes/worker/open-sampler.ts'],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
  });
  const { openWorkerSampler } = await import(pathToFileURL(outfile).href);
  const open = openWorkerSampler(pathToFileURL(resolve('dist/probe-worker.js')));
  const ingress = { scheme: 'http', address: '127.0.0.1', port, host: 'bench.test', how: 'bench' };
  return open({ ingress, epoch: Number(process.hrtime.bigint()) / 1e6 });
}

function candidates(sampler, port) {
  const entries = RATES.flatMap((rate) => [
    [`${rate} idle`, () => sample(sampler, port, rate)],
    [`${rate} busy`, () => whileBusy(() => sample(sampler, port, rate))],
  ]);
  return Object.fromEntries(entries);
}

async function sample(sampler, port, rate) {
  await taken(port);
  const samples = [];
  const request = {
    method: 'GET',
    path: '/',
    query: {},
    headers: {},
    timeout: 5000,
    followRedirects: false,
    freshConnection: false,
    insecure: false,
  };
  const pacing = { kind: 'open', perSecond: rate, maxInFlight: 10_000 };
  const stream = { id: 'bench', request, pacing, expect: {}, duration: RUN_MS };
  await sampler.start([stream], (_, batch) => samples.push(...batch));
  // A timer may be a millisecond early, in which five more requests are due at the highest rate.
  await sleep(RUN_MS + 5);
  await sampler.stop(['bench']);
  const answered = samples.filter((each) => each.status === 200);
  return {
    ...against(
      await taken(port),
      answered.map((each) => each.end - each.sent),
    ),
    lag: quantile(
      answered.map((each) => each.sent - each.due),
      0.99,
    ),
    lost: (rate * RUN_MS) / 1000 - answered.length,
  };
}

/** What rendering, YAML and kubectl do to a main thread: 20 ms of every 200. */
async function whileBusy(work) {
  const timer = setInterval(() => {
    const end = performance.now() + 20;
    while (performance.now() < end);
  }, 200);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

async function cannon(port, rate) {
  await taken(port);
  const options = { url: `http://127.0.0.1:${port}/`, connections: 100, overallRate: rate, duration: 1 };
  const { latency } = await autocannon(options);
  const own = await taken(port);
  return { p50: latency.p50 - quantile(own, 0.5), p99: latency.p99 - quantile(own, 0.99) };
}

/** The server's own times since it was last asked. */
async function taken(port) {
  return (await fetch(`http://127.0.0.1:${port}/taken`)).json();
}

function against(own, seen) {
  return { p50: quantile(seen, 0.5) - quantile(own, 0.5), p99: quantile(seen, 0.99) - quantile(own, 0.99) };
}

function quantile(figures, p) {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? Number.NaN;
}

function row(figures, rate, how) {
  const of = (name, key) => median(figures[`${rate} ${name}`].map((figure) => figure[key]));
  const error = (name) => `p50 ${signed(of(name, 'p50'))}, p99 ${signed(of(name, 'p99'))} ms`;
  const lost = figures[`${rate} ${how}`].reduce((sum, figure) => sum + figure.lost, 0);
  return {
    what: `open model, ${rate}/s, 10 ms answers${how === 'busy' ? ', main thread busy 20 ms of 200' : ''}`,
    figure: `${error(how)} from send to end; lag p99 ${of(how, 'lag').toFixed(2)} ms; ${lost} lost`,
    aim: 'p50 < 0.3, p99 < 1.5, lag p99 < 2.5 ms; none lost',
    beside: how === 'idle' ? `autocannon -R: ${error('autocannon')}` : '-',
  };
}

function signed(ms) {
  return `${ms < 0 ? '' : '+'}${ms.toFixed(2)}`;
}
