import { describe, expect, it } from 'vitest';
import { judgeProbe } from '../../src/judge/judge-probe.ts';
import type { Expectation, HypothesisProbe } from '../../src/model/hypothesis.ts';
import type { Phase } from '../../src/model/phase.ts';
import type { Sample } from '../../src/model/sample.ts';
import { limit, newProbe, newSamples } from '../helpers/probes.ts';

function judge(
  expect: Expectation,
  samples: readonly Sample[],
  phase: Phase = 'fault',
  probe: Partial<HypothesisProbe> = {},
) {
  return judgeProbe({ probe: newProbe({ expect, ...probe }), phase, samples });
}

const failed: Partial<Sample> = { status: 503, failed: [{ check: 'status', detail: 'expected 200, got 503' }] };
const refused: Partial<Sample> = { status: undefined, error: 'refused', errorDetail: 'connect ECONNREFUSED' };
const bad = (number: number, how: Partial<Sample>) => (index: number) => (index < number ? how : {});

describe('too few requests', () => {
  it('make a p99 over ten inconclusive under the fault, and it says how many it takes and for how long', () => {
    const result = judge({ latency: { p99: limit('<', 2500, '< 2.5s') } }, newSamples(10));
    expect(result).toMatchObject({
      verdict: 'inconclusive',
      reasons: [
        'p99 latency: expected < 2.5s, got 10ms over 10 requests: the share of requests that take < 2.5s may still be as low as 74.11% against a limit of 99% at 95% confidence; it takes 299 requests to decide if all are like these: at 2/s the phase must last at least 2m29.5s',
      ],
    });
  });

  it('tell how large a burst must be', () => {
    const pacing = { kind: 'closed', concurrency: 3, requests: 10 } as const;
    const result = judge({ latency: { p95: limit('<', 100) } }, newSamples(10), 'fault', { pacing });
    expect(result.reasons[0]).toContain('the burst must have at least 59 requests');
  });

  it('still fail when so few cannot have been bad luck', () => {
    const slow = (number: number) => newSamples(10, (index) => ({ end: index * 500 + (index < number ? 9000 : 10) }));
    const verdict = (number: number) => judge({ latency: { p95: limit('<', 2500) } }, slow(number)).verdict;
    // At the limit itself one request of twenty is slow: two of ten come with a chance of 8.6 %, three with 1.2 %.
    expect([0, 1, 2, 3].map(verdict)).toEqual(['inconclusive', 'inconclusive', 'inconclusive', 'failed']);
  });

  it('make a share inconclusive that they cannot tell from its limit', () => {
    const expectation = { good: limit('>=', 0.99, '>= 99%') };
    const verdict = (all: number, number: number) => judge(expectation, newSamples(all, bad(number, failed))).verdict;
    expect(judge(expectation, newSamples(60)).reasons[0]).toContain('it takes 299 requests to decide');
    expect(verdict(298, 0)).toBe('inconclusive');
    expect(verdict(299, 0)).toBe('passed');
    expect(verdict(472, 1)).toBe('inconclusive');
    expect(verdict(473, 1)).toBe('passed');
    expect(verdict(60, 1)).toBe('inconclusive');
    expect(verdict(60, 3)).toBe('failed');
  });

  it('say how many more when some were bad, and nothing of the kind on the limit itself', () => {
    const expectation = { good: limit('>=', 0.9, '>= 90%') };
    const reason = (number: number) => judge(expectation, newSamples(60, bad(number, failed))).reasons[0];
    expect(reason(3)).toContain(
      'good requests: expected >= 90%, got 95% (57 of 60): the share of good requests may still be as low as 87.58% against a limit of 90% at 95% confidence; it takes about 110 requests to decide if the share stays what it is: at 2/s the phase must last at least 55s; most often (3x)',
    );
    expect(reason(6)).toContain('no number of requests decides what lies on the limit');
    const errors = { errors: { refused: limit('<=', 0.05, '<= 5%') } };
    expect(judge(errors, newSamples(40, bad(1, refused))).reasons[0]).toContain(
      'error refused: expected <= 5%, got 2.5% (1 of 40): the share of error refused may still be as high as 11.32% against a limit of 5%',
    );
  });

  it('never show a share to be exactly something', () => {
    const expectation = { good: limit('==', 0.5, '== 50%') };
    expect(judge(expectation, newSamples(1000, bad(500, failed))).reasons[0]).toContain('write a range');
    expect(judge(expectation, newSamples(1000, bad(400, failed))).verdict).toBe('failed');
  });

  it('decide with less where the file asks for less confidence', () => {
    const at = (confidence: number) =>
      judgeProbe({
        probe: newProbe({ expect: { good: limit('>=', 0.9) } }),
        phase: 'fault',
        samples: newSamples(20),
        confidence,
      }).verdict;
    // 0.9^20 is 12 %.
    expect([0.95, 0.85].map(at)).toEqual(['inconclusive', 'passed']);
  });

  it.each(['baseline', 'recovery'] as const)('do for the %s when every single one is within the limit', (phase) => {
    const expectation = { good: limit('>=', 0.99), latency: { p99: limit('<', 100) } };
    expect(judge(expectation, newSamples(10), phase).verdict).toBe('passed');
    expect(judge(expectation, newSamples(10, bad(1, { end: 150 })), phase).verdict).toBe('inconclusive');
  });

  it('are no obstacle to min, max and the default share', () => {
    expect(judge({ latency: { min: limit('>', 1), max: limit('<', 100) } }, newSamples(1)).verdict).toBe('passed');
  });
});
