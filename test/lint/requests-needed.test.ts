import { describe, expect, it } from 'vitest';
import { judgeProbe } from '../../src/judge/judge-probe.ts';
import { requestsForPercentile, requestsForShare } from '../../src/lint/requests-needed.ts';
import type { Expectation } from '../../src/model/hypothesis.ts';
import type { Threshold } from '../../src/model/threshold.ts';
import { limit, newProbe, newSamples } from '../helpers/probes.ts';

const range = (low: number, high: number): Threshold => ({ kind: 'range', low, high, text: `${low} .. ${high}` });

/** Whether any outcome of so many requests passes under the fault: `bad` of them are refused. */
function mayPass(expect: Expectation, total: number, confidence: number): boolean {
  const refused = { error: 'refused' } as const;
  return Array.from({ length: total + 1 }, (_, bad) => bad).some((bad) => {
    const samples = newSamples(total, (index) => (index < bad ? refused : {}));
    return judgeProbe({ probe: newProbe({ expect }), phase: 'fault', samples, confidence }).verdict === 'passed';
  });
}

describe('the fewest requests that a limit needs', () => {
  it.each([
    [limit('>=', 0.9), 0.95, 29],
    [limit('>', 0.75), 0.95, 11],
    [limit('<=', 0.2), 0.95, 14],
    [limit('>=', 0.9), 0.8, 16],
    [range(0.3, 0.8), 0.95, 14],
    [range(0, 0.5), 0.95, 5],
    [limit('>=', 1), 0.95, 1],
    [limit('==', 0), 0.95, 1],
  ])('are those with which the judge can first be satisfied: %j at %d', (good, confidence, needed) => {
    expect(requestsForShare(good, confidence)).toBe(needed);
    expect(mayPass({ good }, needed, confidence)).toBe(true);
    if (needed > 1) expect(mayPass({ good }, needed - 1, confidence)).toBe(false);
  });

  it('are never enough for a share to be exactly something', () => {
    expect(requestsForShare(limit('==', 0.5), 0.95)).toBeUndefined();
  });

  it.each([
    ['p50', 0.5, limit('<', 100), 5],
    ['p90', 0.9, limit('<=', 100), 29],
    ['p90', 0.9, limit('>=', 5), 2],
    ['p50', 0.5, range(5, 100), 5],
    ['max', 1, limit('<', 100), 1],
  ] as const)('are the same for a percentile: %s %d', (stat, p, threshold, needed) => {
    expect(requestsForPercentile(p, threshold, 0.95)).toBe(needed);
    const expectation = { good: limit('>=', 0), latency: { [stat]: threshold } };
    const verdict = (total: number) =>
      judgeProbe({
        probe: newProbe({ expect: expectation }),
        phase: 'fault',
        samples: newSamples(total),
        confidence: 0.95,
      }).verdict;
    expect(verdict(needed)).toBe('passed');
    if (needed > 1) expect(verdict(needed - 1)).toBe('inconclusive');
  });
});
