import type { ExperimentHead, JournalEvent } from '../../src/model/event.ts';

const head: ExperimentHead = {
  name: 'ratings-delay',
  file: 'ratings.yaml',
  line: 3,
  description: 'Ratings is slow.',
  namespace: 'default',
  labels: { app: 'bookinfo' },
  phases: { baseline: 1000, fault: 1000, recovery: { within: 5000, stable: 1000 } },
  probes: [{ name: 'page', line: 9, during: ['baseline', 'fault', 'recovery'] }],
  faults: [{ name: 'slow', line: 14, driver: 'istio', title: '7s delay on ratings' }],
};
const target = { kind: 'cluster', context: 'staging', server: 'https://10.0.0.1:6443' } as const;
const experiment = head.name;

/** The events of a small run with one experiment, as a journal holds them. */
export const sampleRun: readonly JournalEvent[] = [
  {
    t: 0,
    type: 'run-started',
    schemaVersion: 1,
    runId: '20261120-221503-k3f9',
    startedAt: '2026-11-20T22:15:03.000Z',
    version: '0.1.0',
    target,
    experiments: [head],
  },
  { t: 1, experiment, type: 'experiment-started', head, target },
  { t: 10, experiment, type: 'step-started', step: 'inject', title: 'Inject slow' },
  {
    t: 14,
    experiment,
    type: 'fault-injected',
    fault: 'slow',
    driver: 'istio',
    targets: ['VirtualService default/ratings'],
  },
  { t: 15, experiment, type: 'step-ended', step: 'inject', durationMs: 5 },
  { t: 20, experiment, type: 'fault-proven', fault: 'slow', proven: true, timeToEffectMs: 150, evidence: ['seen'] },
  { t: 30, experiment, type: 'phase-started', phase: 'fault', plannedMs: 1000 },
  {
    t: 40,
    experiment,
    type: 'samples',
    phase: 'fault',
    probe: 'page',
    samples: [{ due: 31, sent: 31, end: 39, status: 200 }],
  },
  { t: 930, experiment, type: 'phase-ended', phase: 'fault', durationMs: 900, results: [] },
  {
    t: 1000,
    experiment,
    type: 'fault-undone',
    fault: 'slow',
    undone: true,
    timeToGoneMs: 90,
    evidence: ['not seen'],
    manual: [],
  },
  { t: 1100, experiment, type: 'recovered', recovered: true, recoveryMs: 120, detail: 'held for 1s' },
  { t: 1200, type: 'signal', signal: 'SIGINT', count: 1 },
  { t: 1210, type: 'signal', signal: 'SIGTERM', count: 2 },
  {
    t: 1300,
    experiment,
    type: 'experiment-ended',
    verdict: 'failed',
    reasons: ['slow'],
    durationMs: 1300,
    overheadMs: 300,
  },
  { t: 50_000, type: 'run-ended', exitCode: 1, durationMs: 50_000 },
];
