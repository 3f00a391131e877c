import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import autocannon from 'autocannon';
import { build } from 'esbuild';
import { $ } from 'zx';
import { find, interleave, leanEnv, median } from './measure.mjs';

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
    for (const rate of RATES) figures[`${rate} peers`] = await peers(port, rate);
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

/** The same load by other tools, each with its own error; those that are not installed are left out. */
async function peers(port, rate) {
  const url = `http://127.0.0.1:${port}/`;
  const tools = { 'autocannon -R': () => cannon(url, rate) };
  if (await find('hey')) tools['hey -q'] = () => hey(url, rate);
  // A closed loop has no rate: it stands for what one thread of C can measure.
  if ((await find('wrk')) && rate === 1000) tools['wrk, closed loop of 10'] = () => wrk(url);
  const errors = {};
  for (const [name, measure] of Object.entries(tools)) {
    await taken(port);
    const seen = await measure();
    const own = await taken(port);
    errors[name] = { p50: seen.p50 - quantile(own, 0.5), p99: seen.p99 - quantile(own, 0.99) };
  }
  return errors;
}

async function cannon(url, rate) {
  const { latency } = await autocannon({ url, connections: 100, overallRate: rate, duration: 1 });
  return latency;
}

/** Its rate is a worker's; the first column of its CSV is the time of a request in seconds. */
async function hey(url, rate) {
  const workers = rate / 20;
  const { stdout } = await $`hey -z 1s -c ${workers} -q 20 -o csv ${url}`.quiet();
  const times = stdout
    .split('\n')
    .slice(1)
    .filter(Boolean)
    .map((line) => Number(line.split(',')[0]) * 1000);
  return { p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
}

async function wrk(url) {
  const { stdout } = await $`wrk -t1 -c10 -d1s --latency ${url}`.quiet();
  const at = (percent) => Number(new RegExp(`${percent}%\\s+([\\d.]+)ms`).exec(stdout)?.[1]);
  return { p50: at(50), p99: at(99) };
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
  const said = ({ p50, p99 }) => `p50 ${signed(p50)}, p99 ${signed(p99)} ms`;
  const beside = Object.entries(figures[`${rate} peers`]).map(([name, error]) => `${name}: ${said(error)}`);
  const lost = figures[`${rate} ${how}`].reduce((sum, figure) => sum + figure.lost, 0);
  return {
    what: `open model, ${rate}/s, 10 ms answers${how === 'busy' ? ', main thread busy 20 ms of 200' : ''}`,
    figure: `${said({ p50: of(how, 'p50'), p99: of(how, 'p99') })} from send to end; lag p99 ${of(how, 'lag').toFixed(2)} ms; ${lost} lost`,
    aim: 'p50 < 0.3, p99 < 1.5, lag p99 < 2.5 ms; none lost',
    beside: how === 'idle' ? beside.join('; ') : '-',
  };
}

function signed(ms) {
  return `${ms < 0 ? '' : '+'}${ms.toFixed(2)}`;
}
