import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { spread } from './measure.mjs';
import { inWorld, runFile, write } from './world.mjs';

const ROUNDS = 5;

/** How long a stop condition takes from the instant at which it is true to the beginning of the rollback. */
export async function benchAborts() {
  return inWorld(async (world) => {
    const rows = [];
    for (const rate of [10, 1000]) rows.push(await stopRow(world, rate));
    return rows;
  });
}

async function stopRow(world, rate) {
  const took = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const output = `abort-${rate}-${round}`;
    await runFile(world, write(world, 'abort', experiment(rate)), output, [1]);
    if (round > 0) took.push(toRollback(join(world.folder, output, 'runs')));
  }
  return {
    what: `stop condition at ${rate}/s: from true to the beginning of the rollback`,
    figure: `${spread(took)} ms`,
    aim: `< ${1000 / rate} + 100 ms`,
    beside: 'the instant of the request that made it true, and the event of the rollback, in the journal',
  };
}

function toRollback(runs) {
  const [run] = readdirSync(runs);
  const lines = readFileSync(join(runs, run, 'journal.ndjson'), 'utf8')
    .trim()
    .split('\n');
  const events = lines.map((line) => JSON.parse(line));
  const { stopped } = events.find((event) => event.type === 'aborted');
  const rollback = events.find((event) => event.type === 'step-started' && event.step === 'rollback');
  return rollback.t - stopped.at;
}

/** The hypothesis bears everything; its window has filled before it is judged. */
function experiment(rate) {
  return `apiVersion: holdfast.dev/v1alpha1
kind: Experiment
metadata: {name: abort}
spec:
  phases: {baseline: 500ms, fault: 30s, recovery: {within: 20s, stable: 300ms}}
  hypothesis:
    - name: api
      http: {path: /api/v1/products}
      rate: ${rate}/s
      expect: {status: 200, good: ">= 1%"}
      underFault: {expect: {good: "<= 99%"}}
  faults:
    - name: refused
      abort: {service: productpage, gateway: true, httpStatus: 503}
      proof: {http: {path: /api/v1/products, timeout: 5s}, expect: {status: 503}}
  abortWhen:
    - name: nobody is served
      probe: api
      window: 3s
      good: "< 50%"
      minSamples: ${rate * 2}
`;
}
