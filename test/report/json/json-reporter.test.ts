import { expect, it } from 'vitest';
import { jsonReporter } from '../../../src/report/json/json-reporter.ts';
import { aStop, COMING_BACK, experimentRecord, faultRecord, runRecord } from '../../helpers/run-record.ts';

it('report.json has the documented shape, with times in milliseconds rounded to microseconds', () => {
  const report = JSON.parse(jsonReporter.render(runRecord([experimentRecord()])));
  expect(report).toMatchObject({
    schemaVersion: 1,
    runId: '20260102-030405-abcd',
    startedAt: '2026-01-02T03:04:05.000Z',
    target: { kind: 'sandbox', context: 'holdfast-sandbox' },
    exitCode: 0,
    experiments: [
      {
        name: 'ratings-delay',
        file: 'experiments/ratings-delay.yaml',
        verdict: 'passed',
        reasons: [],
        durationMs: 9000,
        overheadMs: 350,
        recoveryMs: 400,
        faults: [
          { name: 'slow ratings', driver: 'istio', proven: true, timeToEffectMs: 180, undone: true, timeToGoneMs: 120 },
        ],
        phases: {
          fault: {
            probes: [
              {
                name: 'page comes',
                verdict: 'passed',
                samples: 10,
                good: 10,
                dropped: 0,
                latency: { max: 10.123 },
                statuses: { '200': 10 },
                errors: {},
              },
            ],
          },
        },
      },
    ],
  });
});

it('a fault that was injected and never undone is not reported as undone', () => {
  const torn = experimentRecord({ verdict: undefined, faults: [faultRecord({ undone: undefined })] });
  const report = JSON.parse(jsonReporter.render(runRecord([torn], { exitCode: undefined })));
  expect(report.exitCode).toBeNull();
  expect(report.experiments[0]).toMatchObject({ verdict: 'interrupted', faults: [{ undone: false }] });
});

it('the recovery has a curve for each probe, counted from the rollback', () => {
  const report = JSON.parse(jsonReporter.render(runRecord([experimentRecord({ recovery: COMING_BACK })])));
  expect(report.experiments[0].recovery).toEqual({
    recovered: true,
    withinMs: 10_000,
    stableMs: 1000,
    watchedFromMs: 120,
    bucketMs: 250,
    probes: [
      {
        name: 'page comes',
        state: 'recovered',
        recoveryMs: 1400,
        relapses: 0,
        curve: [
          { atMs: 250, samples: 1, good: 0, p50: 4, max: 4 },
          { atMs: 1250, samples: 2, good: 1, p50: 5, max: 6 },
          { atMs: 1500, samples: 3, good: 3, p50: 5, max: 6 },
        ],
      },
    ],
  });
});

it('says which stop condition ended an experiment, with the figures', () => {
  const run = runRecord([experimentRecord({ stopped: aStop() })]);
  expect(JSON.parse(jsonReporter.render(run)).experiments[0].stopped).toEqual({ ...aStop(), at: 6400.123 });
});
