import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CustomObjectsApi, KubeConfig } from '@kubernetes/client-node';
import { $, sleep } from 'zx';
import { leanEnv, spread, timeProcess } from './measure.mjs';

const HOLDFAST = 'bin/holdfast.js';
const PROPAGATION_MS = 100;
const ROUNDS = 7;

/** What a run costs beyond its declared phases, how fast faults bite and go, and how fast a stopped run cleans up. */
export async function benchRuns() {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  const sandbox = JSON.parse(await holdfast('sandbox', 'up', '--detach', '-o', 'json'));
  const world = { folder, sandbox, target: ['--kubeconfig', sandbox.kubeconfig, '--context', sandbox.context] };
  try {
    return [...(await overheadRows(world)), ...(await stopRows(world)), await slowAnswersRow(world)];
  } finally {
    await holdfast('sandbox', 'down');
    rmSync(folder, { recursive: true, force: true });
  }
}

async function overheadRows({ folder, target }) {
  const file = write(folder, 'abort', experiment({ name: 'abort', baseline: '500ms', fault: '500ms' }));
  const reports = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const output = join(folder, `out-${round}`);
    await timeProcess(process.execPath, [HOLDFAST, 'run', file, ...target, '--output', output], { env: leanEnv() });
    if (round > 0) reports.push(JSON.parse(readFileSync(join(output, 'report.json'), 'utf8')).experiments[0]);
  }
  const overhead = reports.map((report) => report.overheadMs);
  const effect = reports.map((report) => report.faults[0].timeToEffectMs);
  const gone = reports.map((report) => report.faults[0].timeToGoneMs);
  return [
    {
      what: 'one experiment beyond its declared phases',
      figure: `${spread(overhead)} ms`,
      aim: '< 400 ms',
      beside: `of it at least ${2 * PROPAGATION_MS} ms of propagation, in and out`,
    },
    {
      what: 'inject to proven',
      figure: `${spread(effect)} ms`,
      aim: `< ${PROPAGATION_MS} + 150 ms`,
      beside: `propagation delay of the sandbox ${PROPAGATION_MS} ms`,
    },
    {
      what: 'rollback to gone',
      figure: `${spread(gone)} ms`,
      aim: `< ${PROPAGATION_MS} + 150 ms`,
      beside: `propagation delay of the sandbox ${PROPAGATION_MS} ms`,
    },
  ];
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
  const file = write(world.folder, 'stop', experiment({ name: 'stop', baseline: '300ms', fault: '30s' }));
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

async function slowAnswersRow({ folder, target }) {
  const file = write(
    folder,
    'slow',
    experiment({ name: 'slow', baseline: '1s', fault: '60s', rate: '20/s', fault7s: true }),
  );
  const output = join(folder, 'slow');
  await timeProcess(process.execPath, [HOLDFAST, 'run', file, ...target, '--output', output], {
    env: leanEnv(),
    codes: [0, 1, 4],
  });
  const report = JSON.parse(readFileSync(join(output, 'report.json'), 'utf8')).experiments[0];
  const probe = report.phases.fault.probes[0];
  return {
    what: '7 s answers at 20/s for 60 s',
    figure: `${probe.samples} samples of 1,200, ${probe.dropped} dropped, p50 ${probe.latency.p50.toFixed(0)} ms`,
    aim: '1,200 of 1,200',
    beside: 'Chaos Toolkit took 3 of 20',
  };
}

function experiment({ name, baseline, fault, rate = '20/s', fault7s = false }) {
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
      ${spec}
`;
}

function write(folder, name, text) {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, text);
  return file;
}

async function holdfast(...args) {
  const { stdout } = await $({ env: leanEnv() })`${process.execPath} ${HOLDFAST} ${args}`.quiet();
  return stdout;
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
