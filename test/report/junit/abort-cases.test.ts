import { describe, expect, it } from 'vitest';
import type { ExperimentRecord } from '../../../src/model/run-record.ts';
import { abortCases } from '../../../src/report/junit/abort-cases.ts';
import { phaseCases } from '../../../src/report/junit/phase-cases.ts';
import { aStop, experimentRecord, probeResult } from '../../helpers/run-record.ts';

const { head } = experimentRecord();
const abortWhen = [
  { name: 'nobody gets a page', line: 30 },
  { name: 'users wait', line: 36 },
];

function stopped(different: Partial<ExperimentRecord> = {}): ExperimentRecord {
  return experimentRecord({ head: { ...head, abortWhen }, stopped: aStop(), verdict: 'failed', ...different });
}

function outcomes(experiment: ExperimentRecord): readonly unknown[] {
  return abortCases(experiment).map(({ name, outcome }) => [name, outcome.kind]);
}

describe('a stop condition in the JUnit report', () => {
  it('is a failure where it came true, with the figures and its line in the file', () => {
    const [first, second] = abortCases(stopped());
    expect(first).toMatchObject({
      name: 'abort: nobody gets a page',
      outcome: {
        kind: 'failure',
        message: expect.stringMatching(/^stopped after 3.8s of 5s by .*: good requests < 50%: 10% \(2 of 20\)/),
        detail: expect.stringContaining('experiments/ratings-delay.yaml:30'),
      },
    });
    expect(second).toMatchObject({ name: 'abort: users wait', outcome: { kind: 'passed' } });
  });

  it('is an error in the baseline, where there is no fault to blame', () => {
    expect(outcomes(stopped({ stopped: aStop({ stage: 'baseline' }) }))[0]).toEqual([
      'abort: nobody gets a page',
      'error',
    ]);
  });

  it('is not red where it is a weakness that is known, nor is a probe that the shortened phase leaves open', () => {
    const open = probeResult({ verdict: 'inconclusive', reasons: ['needs at least 20 requests, got 8'] });
    const known = stopped({
      head: { ...head, abortWhen, expected: { verdict: 'failed', because: 'there is no fallback' } },
      verdict: 'known-weakness',
      phases: { ...experimentRecord().phases, fault: { startedMs: 0, durationMs: 3800, results: [open] } },
    });
    const [first] = abortCases(known);
    expect(first?.outcome).toMatchObject({
      kind: 'skipped',
      message: expect.stringContaining('known weakness: there is no fallback'),
    });
    expect(phaseCases(known, 'fault').map((it) => it.outcome.kind)).toEqual(['skipped']);
  });

  it('was not run where the baseline was not reached', () => {
    expect(outcomes(stopped({ stopped: undefined, phases: {}, verdict: 'error' }))).toEqual([
      ['abort: nobody gets a page', 'skipped'],
      ['abort: users wait', 'skipped'],
    ]);
  });
});
