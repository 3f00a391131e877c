import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CustomObjectsApi, KubeConfig } from '@kubernetes/client-node';
import { sleep } from 'zx';
import { interleave, leanEnv, spread, timeProcess } from './measure.mjs';
import { HOLDFAST, inWorld, runFile, write } from './world.mjs';

const PROPAGATION_MS = 100;
const ROUNDS = 7;
const PROOF = `
      proof: {http: {path: /api/v1/products, timeout: 5s}, expect: {status: 503}}`;

/** What a run costs beyond its declared phases, and how fast a stopped run cleans up. */
export async function benchRuns() {
  return inWorld(async (world) => [
    ...(await overheadRows(world)),
    ...(await stopRows(world)),
    await slowAnswersRow(world),
  ]);
}

/** A proof probe says at once that a fault is gone; the proxies' counters need several requests for that. */
async function overheadRows(world) {
  const times = { baseline: '500ms', fault: '500ms' };
  const files = {
    'with a proof probe': write(world, 'proven', experiment({ name: 'proven', ...times, proof: true })),
    'shown by the counters': write(world, 'counted', experiment({ name: 'counted', ...times })),
  };
  const candidates = Object.fromEntries(
    Object.entries(files).map(([how, file]) => [how, async () => overheadOf(await runFile(world, file, 'overhead'))]),
  );
  return Object.entries(await interleave(candidates, ROUNDS)).map(([how, overhead]) => ({
    what: `one experiment beyond its declared phases, ${how}`,
    figure: `${spread(overhead)} ms`,
    aim: '< 400 ms',
    beside: `of it at least ${2 * PROPAGATION_MS} ms of propagation, in and out`,
  }));
}

function overheadOf({ experiments }) {
  return experiments[0].overheadMs;
}

async function stopRows(world) {
  const interrupted = [];
  const recovered = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const restored = await stopInFault(world, 'SIGINT', round);
    await stopInFault(world, 'SIGKILL', round);
    const recovery = await timeProcess(process.execPath, [HOLDFAST, 'recover', ...world.target], { env: leanEnv() });
    if (await isMarked(world)) throw new Error('recover left the mark behind');
    if (round > 0) {
      interrupted.push(restored);
      recovered.push(recovery);
    }
  }
  return [
    {
      what: 'SIGINT to VirtualService restored',
      figure: `${spread(interrupted)} ms`,
      aim: '< 250 ms',
      beside: 'seen from outside, polling the API server every 5 ms',
    },
    {
      what: 'SIGKILL, then `recover`',
      figure: `${spread(recovered)} ms`,
      aim: '< 1,500 ms',
      beside: 'whole process of `holdfast recover`',
    },
  ];
}

/** Starts a run, waits until its fault phase has begun, sends the signal; milliseconds until the mark is gone. */
async function stopInFault(world, signal, round) {
  const file = write(world, 'stop', experiment({ name: 'stop', baseline: '300ms', fault: '30s' }));
  const output = join(world.folder, `stop-${signal}-${round}`);
  const child = spawn(process.execPath, [HOLDFAST, 'run', file, ...world.target, '--output', output], {
    stdio: 'ignore',
    env: leanEnv(),
  });
  const ended = new Promise((resolve) => child.on('close', resolve));
  await waitFor(() => journalHas(output, '"phase-started"', '"phase":"fault"'), 20_000);
  const started = performance.now();
  child.kill(signal);
  if (signal === 'SIGINT') await waitFor(async () => !(await isMarked(world)), 10_000);
  const restored = performance.now() - started;
  await ended;
  return restored;
}

async function slowAnswersRow(world) {
  const slow = { name: 'slow', baseline: '1s', fault: '60s', rate: '20/s', fault7s: true };
  const file = write(world, 'slow', experiment(slow));
  const { experiments } = await runFile(world, file, 'slow', [0, 1, 4]);
  const probe = experiments[0].phases.fault.probes[0];
  return {
    what: '7 s answers at 20/s for 60 s',
    figure: `${probe.samples} samples of 1,200, ${probe.dropped} dropped, p50 ${probe.latency.p50.toFixed(0)} ms`,
    aim: '1,200 of 1,200',
    beside: 'Chaos Toolkit took 3 of 20',
  };
}

function experiment({ name, baseline, fault, rate = '20/s', fault7s = false, proof = false }) {
  const spec = fault7s
    ? 'delay: {service: productpage, gateway: true, fixedDelay: 7s}'
    : 'abort: {service: productpage, gateway: true, httpStatus: 503, match: {uri: {prefix: /api}}}';
  const under = fault7s ? '{latency: {min: ">= 6.9s"}}' : '{status: 503}';
  return `apiVersion: holdfast.dev/v1alpha1
kind: Experiment
metadata: {name: ${name}}
spec:
  phases: {baseline: ${baseline}, fault: ${fault}, recovery: {within: 20s, stable: 300ms}}
  hypothesis:
    - name: api
      http: {path: /api/v1/products, timeout: 20s}
      rate: ${rate}
      expect: {status: 200}
      underFault: {expect: ${under}}
  faults:
    - name: fault
      ${spec}${proof ? PROOF : ''}
`;
}

function journalHas(output, ...words) {
  const runs = join(output, 'runs');
  if (!existsSync(runs)) return false;
  return readdirSync(runs).some((run) => {
    const journal = join(runs, run, 'journal.ndjson');
    return (
      existsSync(journal) &&
      readFileSync(journal, 'utf8')
        .split('\n')
        .some((line) => words.every((word) => line.includes(word)))
    );
  });
}

async function isMarked({ sandbox }) {
  const config = new KubeConfig();
  config.loadFromFile(sandbox.kubeconfig);
  const { items } = await config
    .makeApiClient(CustomObjectsApi)
    .listCustomObjectForAllNamespaces({ group: 'networking.istio.io', version: 'v1', plural: 'virtualservices' });
  return items.some((item) => item.metadata.labels?.['holdfast.dev/run'] !== undefined);
}

async function waitFor(condition, deadline) {
  const until = performance.now() + deadline;
  while (!(await condition())) {
    if (performance.now() > until) throw new Error('waited in vain');
    await sleep(5);
  }
}
