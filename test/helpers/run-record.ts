import type { ExperimentHead } from '../../src/model/event.ts';
import type { ProbeResult } from '../../src/model/probe-result.ts';
import type { RecoveryWatch } from '../../src/model/recovery.ts';
import type { Stopped } from '../../src/model/stop-condition.ts';
import type { ExperimentRecord, FaultRecord, RunRecord } from '../../src/model/run-record.ts';

const TARGET = { kind: 'sandbox', context: 'holdfast-sandbox', server: 'https://127.0.0.1:6443' } as const;

const HEAD: ExperimentHead = {
  name: 'ratings-delay',
  file: 'experiments/ratings-delay.yaml',
  line: 3,
  description: 'Ratings answers late.',
  namespace: 'default',
  labels: { app: 'bookinfo' },
  phases: { baseline: 2000, fault: 5000, recovery: { within: 10_000, stable: 1000 } },
  probes: [{ name: 'page comes', line: 12, during: ['baseline', 'fault', 'recovery'] }],
  faults: [{ name: 'slow ratings', line: 20, driver: 'istio', title: '7s delay on ratings' }],
};

/** A probe's result that holds, with whatever the test wants different. */
export function probeResult(different: Partial<ProbeResult> = {}): ProbeResult {
  return {
    probe: 'page comes',
    phase: 'fault',
    verdict: 'passed',
    samples: 10,
    good: 10,
    dropped: 0,
    late: 0,
    latency: { min: 4, p50: 5, p90: 8, p95: 9, p99: 10, max: 10.123456 },
    statuses: { '200': 10 },
    errors: {},
    reasons: [],
    ...different,
  };
}

/** A fault that went in, was proven and went out. */
export function faultRecord(different: Partial<FaultRecord> = {}): FaultRecord {
  return {
    name: 'slow ratings',
    driver: 'istio',
    targets: ['VirtualService default/ratings'],
    injected: true,
    proven: true,
    timeToEffectMs: 180,
    undone: true,
    timeToGoneMs: 120,
    evidence: ['delays counted: 3'],
    manual: [],
    ...different,
  };
}

/** What ended an experiment in its fault phase. */
export function aStop(different: Partial<Stopped> = {}): Stopped {
  return {
    condition: 'nobody gets a page',
    stage: 'fault',
    afterMs: 3800,
    ofMs: 5000,
    what: 'good requests',
    limit: '< 50%',
    seen: '10% (2 of 20)',
    window: 3000,
    at: 6400.12345,
    ...different,
  };
}

/** An experiment that passed, with whatever the test wants different. */
export function experimentRecord(different: Partial<ExperimentRecord> = {}): ExperimentRecord {
  return {
    head: HEAD,
    target: TARGET,
    startedMs: 250,
    findings: [],
    steps: [],
    phases: {
      baseline: { startedMs: 300, durationMs: 2000, results: [probeResult({ phase: 'baseline' })] },
      fault: { startedMs: 2600, durationMs: 5000, results: [probeResult()] },
      recovery: { startedMs: 7800, durationMs: 1000, results: [probeResult({ phase: 'recovery' })] },
    },
    faults: [faultRecord()],
    drift: [],
    notes: [],
    recovered: true,
    recoveryMs: 400,
    verdict: 'passed',
    reasons: [],
    durationMs: 9000,
    overheadMs: 350,
    ...different,
  };
}

/** A recovery that took 1.4 s, watched from 120 ms after the rollback on. */
export const COMING_BACK: RecoveryWatch = {
  watchedFromMs: 120,
  bucketMs: 250,
  probes: [
    {
      probe: 'page comes',
      state: 'recovered',
      recoveryMs: 1400,
      relapses: 0,
      curve: [
        { atMs: 250, samples: 1, good: 0, p50: 4.0004, max: 4.0004 },
        { atMs: 1250, samples: 2, good: 1, p50: 5, max: 6 },
        { atMs: 1500, samples: 3, good: 3, p50: 5, max: 6 },
      ],
    },
  ],
};

/** A run of these experiments. */
export function runRecord(experiments: readonly ExperimentRecord[], different: Partial<RunRecord> = {}): RunRecord {
  return {
    runId: '20260102-030405-abcd',
    startedAt: '2026-01-02T03:04:05.000Z',
    version: '0.1.0',
    target: TARGET,
    experiments,
    exitCode: 0,
    durationMs: 9100,
    ...different,
  };
}

/** Two rounds of an experiment of which the second failed, and what they add up to. */
export function repeatedRun(): RunRecord {
  const round = (number: number, different: Partial<ExperimentRecord> = {}): ExperimentRecord => {
    const name = `${HEAD.name} (${number} of 2)`;
    return experimentRecord({
      head: { ...HEAD, name, round: { of: HEAD.name, round: number, rounds: 2 } },
      ...different,
    });
  };
  return runRecord([round(1), round(2, { verdict: 'failed', reasons: ['slow'] })], {
    seed: 42,
    repeats: [
      {
        experiment: HEAD.name,
        verdicts: { passed: 4, failed: 1 },
        flaky: true,
        probes: [{ probe: 'page comes', held: 4, decided: 5, confidence: 0.95, between: [0.28358, 0.99495] }],
      },
    ],
  });
}
