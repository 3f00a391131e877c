import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { judgeProbe } from '../../../src/judge/judge-probe.ts';
import { judgeRunner } from '../../../src/judge/judge-runner.ts';
import type { Expectation } from '../../../src/model/hypothesis.ts';
import type { RunnerLoad } from '../../../src/model/runner-load.ts';
import type { Sample } from '../../../src/model/sample.ts';
import { cpuLoad, parseProcStat } from '../../../src/probes/load/cpu-times.ts';
import { openWorkerSampler } from '../../../src/probes/worker/open-sampler.ts';
import type { Sampler } from '../../../src/probes/sampler.ts';
import { buildProbeWorker } from '../../helpers/probe-worker.ts';
import { ingressAt, limit, newProbe, newRequest } from '../../helpers/probes.ts';
import { serveHttp } from '../../helpers/test-server.ts';

let worker: Awaited<ReturnType<typeof buildProbeWorker>>;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  worker = await buildProbeWorker();
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(() => worker.remove());

async function open(port: number): Promise<Sampler> {
  const sampler = await openWorkerSampler(worker.file)({ ingress: ingressAt(port), epoch: 0 });
  closing.push(sampler.close);
  return sampler;
}

async function loadOf(sampler: Sampler): Promise<RunnerLoad> {
  const load = await sampler.load?.();
  if (load === undefined) throw new Error('no load');
  return load;
}

function blockThisThread(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

/** Asks again until the answer is as wished; the test's own timeout is the deadline. */
async function loadUntil(sampler: Sampler, wanted: (load: RunnerLoad) => boolean): Promise<RunnerLoad> {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    const load = await loadOf(sampler);
    if (wanted(load)) return load;
  }
}

describe('the load of the runner', () => {
  it('shows a main thread that stands still, and does not blame the probe thread for it', async () => {
    const sampler = await open(1);
    await loadOf(sampler);
    blockThisThread(1300);
    // The timer that was due meanwhile comes first.
    await new Promise((resolve) => setTimeout(resolve, 50));
    const load = await loadOf(sampler);
    expect(load.main.longestMs).toBeGreaterThan(1200);
    expect(load.main.heldUpMs).toBeGreaterThanOrEqual(load.main.longestMs);
    expect(load.main.utilization).toBeGreaterThan(0.5);
    expect(load.probes.utilization).toBeLessThan(load.main.utilization);
    expect(judgeRunner(load).warning).toContain('the main thread was');
  });

  it('starts anew with each question', async () => {
    const sampler = await open(1);
    blockThisThread(1300);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const first = await loadOf(sampler);
    const second = await loadUntil(sampler, (load) => load.main.longestMs < 1000);
    expect(first.overMs).toBeGreaterThan(1300);
    expect(second.overMs).toBeLessThan(first.overMs + 1300);
  });

  it('shows a probe thread that is busy with answers, and makes limits on time undecided', async () => {
    const server = await serveHttp((_, response) => response.end(HEAVY));
    const sampler = await open(server.port);
    closing.push(() => server.close());
    const json = { '$..a': 1 };
    const expectation = { body: { contains: [], excludes: [], matches: [], json } };
    await loadOf(sampler);
    const busy = Array.from({ length: 12 }, async () => sampler.once(newRequest(), expectation));
    await Promise.all(busy);
    const load = await loadOf(sampler);
    expect(load.probes.longestMs).toBeGreaterThan(50);
    expect(load.probes.heldUpMs).toBeGreaterThanOrEqual(load.probes.longestMs);
    expect(judgeRunner(load)).toMatchObject({
      doubtMs: load.probes.heldUpMs,
      warning: expect.stringContaining('the probe thread was'),
    });
  });

  it('of a probe thread too busy to send in time leaves limits on time undecided, and others decided', async () => {
    const server = await serveHttp((_, response) => response.end(HEAVY));
    const sampler = await open(server.port);
    closing.push(() => server.close());
    const check = { body: { contains: [], excludes: [], matches: [], json: { '$..a': 1 } } };
    const pacing = { kind: 'open', perSecond: 40, maxInFlight: 1000 } as const;
    const samples: Sample[] = [];
    const stream = { id: 'page', request: newRequest({ timeout: 60_000 }), pacing, expect: check, duration: 500 };
    await loadOf(sampler);
    await sampler.start([stream], (_, batch) => samples.push(...batch));
    // Stopping plans nothing further, so the last one has to be due by then.
    await new Promise((resolve) => setTimeout(resolve, 500));
    await sampler.stop(['page']);
    const { doubtMs } = judgeRunner(await loadOf(sampler));
    const judged = (expect: Expectation) =>
      judgeProbe({ probe: newProbe({ pacing, expect }), phase: 'fault', samples, doubtMs });
    expect(samples).toHaveLength(20);
    const slow = judged({ latency: { p50: limit('<', 5) } });
    expect(slow).toMatchObject({ verdict: 'inconclusive', timeDoubted: true });
    expect(slow.late).toBeGreaterThan(0.01 * 20);
    expect(judged({ statuses: { 200: limit('==', 0) } }).verdict).toBe('failed');
    expect(judged({ latency: { max: limit('<', 60_000) } }).verdict).toBe('passed');
  });

  it('shows that all processors are at work', async () => {
    const spinners = Array.from({ length: availableParallelism() }, () => new Worker('for (;;);', { eval: true }));
    closing.push(...spinners.map((spinner) => async () => spinner.terminate()));
    const sampler = await open(1);
    const { cpu } = await loadUntil(sampler, (load) => load.cpu !== undefined && load.cpu.busy + load.cpu.stolen > 0.9);
    expect(cpu?.busy).toBeLessThanOrEqual(1);
  });
});

/** Parsing and searching it takes far longer than 50 ms. */
const HEAVY = JSON.stringify(Array.from({ length: 60_000 }, (_, index) => ({ a: 1, b: [index, { c: 'text' }] })));

describe('the times of the processors', () => {
  it('are read from /proc/stat, waiting being idle', () => {
    expect(parseProcStat('cpu  10 1 20 100 5 2 3 7 0 0\ncpu0 1 1 1 1\n')).toEqual({ busy: 36, idle: 105, stolen: 7 });
    expect(() => parseProcStat('nothing')).toThrow('no line of all processors');
  });

  it('give shares of what passed between two readings', () => {
    const before = { busy: 100, idle: 100, stolen: 0 };
    expect(cpuLoad(before, { busy: 160, idle: 130, stolen: 10 })).toEqual({ busy: 0.6, stolen: 0.1 });
    expect(cpuLoad(before, before)).toBeUndefined();
  });
});
