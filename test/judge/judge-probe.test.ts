import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeProbe } from '../../src/judge/judge-probe.ts';
import type { Expectation, HypothesisProbe } from '../../src/model/hypothesis.ts';
import type { Phase } from '../../src/model/phase.ts';
import type { Sample } from '../../src/model/sample.ts';
import type { Threshold } from '../../src/model/threshold.ts';
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
const timedOut: Partial<Sample> = { status: undefined, error: 'timeout' };
const bad = (number: number, how: Partial<Sample>) => (index: number) => (index < number ? how : {});

describe('a probe in a phase', () => {
  it('passes when every request was good, with its figures', () => {
    const result = judge(
      {},
      newSamples(20, (index) => ({ timings: { wait: index, send: 1 } }), 12),
    );
    expect(result).toMatchObject({
      probe: 'page',
      phase: 'fault',
      verdict: 'passed',
      samples: 20,
      good: 20,
      dropped: 0,
      late: 0,
      latency: { min: 12, p50: 12, p99: 12, max: 12 },
      attribution: { wait: 9, send: 1 },
      lagP99: 0.5,
      statuses: { 200: 20 },
      errors: {},
      reasons: [],
    });
  });

  it('fails for one bad request of sixty, and shows it', () => {
    const result = judge({}, newSamples(60, bad(1, failed)));
    expect(result.verdict).toBe('failed');
    expect(result.reasons).toEqual([
      'good requests: expected >= 100%, got 98.33% (59 of 60); most often (1x) status: expected 200, got 503',
    ]);
  });

  it('names the most frequent cause', () => {
    const result = judge(
      {},
      newSamples(60, (index) => (index < 2 ? failed : index < 5 ? refused : {})),
    );
    expect(result.reasons[0]).toContain('most often (3x) error refused (connect ECONNREFUSED)');
    expect(result).toMatchObject({ statuses: { 200: 55, 503: 2 }, errors: { refused: 3 } });
  });

  it('names the check that comes first when several fail equally often, and counts requests, not checks', () => {
    const failed: Sample['failed'] = [
      { check: 'status', detail: 'expected 200, got 503' },
      { check: 'body', detail: 'expected body to contain "a"' },
      { check: 'body', detail: 'expected body to contain "b"' },
    ];
    const { reasons } = judge(
      {},
      newSamples(4, () => ({ failed })),
    );
    expect(reasons[0]).toContain('most often (4x) status: expected 200, got 503');
  });

  it('is inconclusive without samples', () => {
    expect(judge({}, [])).toMatchObject({
      verdict: 'inconclusive',
      reasons: ['no request was answered or failed in the fault phase'],
    });
  });

  it('is skipped where it is not part of the hypothesis', () => {
    expect(judge({}, newSamples(3), 'fault', { during: ['baseline'] }).verdict).toBe('skipped');
  });

  it('leaves out requests that straddle a boundary', () => {
    const result = judge({}, newSamples(5, bad(1, { ...refused, straddles: true })));
    expect(result).toMatchObject({ verdict: 'passed', samples: 4 });
  });

  it('accepts an error kind that has a limit of its own', () => {
    const samples = newSamples(60, bad(6, refused));
    expect(judge({ errors: { refused: limit('<=', 0.2) } }, samples)).toMatchObject({ verdict: 'passed', good: 60 });
    const result = judge({ errors: { refused: limit('<=', 0.04, '<= 4%') } }, samples);
    expect(result).toMatchObject({ verdict: 'failed', reasons: ['error refused: expected <= 4%, got 10% (6 of 60)'] });
  });

  it('judges shares by status, by code or class', () => {
    const samples = newSamples(40, bad(10, { status: 503 }));
    const range = { kind: 'range', low: 0.1, high: 0.9, text: '10% .. 90%' } as const;
    expect(judge({ statuses: { 503: range, '5xx': range, 200: range } }, samples).verdict).toBe('passed');
    expect(judge({ statuses: { 404: range } }, samples)).toMatchObject({
      verdict: 'failed',
      reasons: ['status 404: expected 10% .. 90%, got 0% (0 of 40)'],
    });
  });

  it('replaces whole keys of the expectation under the fault only', () => {
    const probe = { underFault: { good: limit('>=', 0.5) } };
    const samples = newSamples(20, bad(5, failed));
    expect(judge({}, samples, 'fault', probe).verdict).toBe('passed');
    expect(judge({}, samples, 'baseline', probe).verdict).toBe('failed');
  });
});

describe('latency', () => {
  it('fails with the observed value beside the limit', () => {
    const result = judge({ latency: { p95: limit('<', 2500, '< 2.5s') } }, newSamples(60, {}, 6012));
    expect(result).toMatchObject({
      verdict: 'failed',
      reasons: ['p95 latency: expected < 2.5s, got 6.012s over 60 requests'],
    });
  });

  it('counts a timed-out request with its time as a lower bound', () => {
    const errors = { timeout: limit('<=', 1) };
    const samples = newSamples(80, (index) => (index < 2 ? { ...timedOut, end: index * 500 + 3000 } : {}));
    const above = judge({ errors, latency: { max: limit('<', 2500, '< 2.5s') } }, samples);
    expect(above.verdict).toBe('failed');
    expect(above.reasons[0]).toBe(
      'max latency: expected < 2.5s, got 3s or more over 80 requests, 2 of which timed out and count with the time they were given',
    );
    expect(judge({ errors, latency: { max: limit('<', 5000) } }, samples)).toMatchObject({
      verdict: 'inconclusive',
      reasons: [expect.stringContaining("raise the probe's timeout above the limit")],
    });
    expect(judge({ errors, latency: { max: limit('>=', 2900), p90: limit('<', 100) } }, samples).verdict).toBe(
      'passed',
    );
    const many = newSamples(60, (index) => (index < 20 ? { ...timedOut, end: index * 500 + 3000 } : {}));
    expect(judge({ errors, latency: { p90: limit('<', 5000) } }, many).reasons).toEqual([
      expect.stringContaining("raise the probe's timeout above the limit"),
    ]);
    expect(judge({ errors, latency: { p90: limit('<', 2500) } }, many).verdict).toBe('failed');
    expect(judge({ errors, latency: { p90: limit('>', 2500) } }, many).verdict).toBe('passed');
  });

  it('of a percentile is a share of requests: under the limit, or over it', () => {
    const slow = newSamples(100, (index) => (index < 20 ? { end: index * 500 + 4000 } : {}));
    const verdict = (threshold: Threshold) => judge({ latency: { p90: threshold } }, slow).verdict;
    expect(verdict(limit('<', 2500))).toBe('failed');
    expect(verdict(limit('>=', 2500))).toBe('passed');
    expect(verdict({ kind: 'range', low: 2500, high: 5000, text: '' })).toBe('passed');
    expect(verdict({ kind: 'range', low: 1, high: 3000, text: '' })).toBe('failed');
    expect(verdict({ kind: 'range', low: 5000, high: 6000, text: '' })).toBe('failed');
  });

  it('comes with what the true figures may be', () => {
    const { confidence, goodBetween, latencyBetween } = judge(
      {},
      newSamples(100, (index) => ({ end: index * 500 + index + 1, ...(index === 99 && timedOut) })),
    );
    expect(confidence).toBe(0.95);
    expect(goodBetween?.map((share) => Math.round(share * 1e4) / 1e4)).toEqual([0.9455, 0.9997]);
    expect(latencyBetween).toEqual({ p50: [40, 61], p90: [84, 96], p95: [90, null], p99: [97, null] });
  });

  it('cannot be judged when nothing was answered', () => {
    const expectation = { errors: { refused: limit('<=', 1) }, latency: { max: limit('<', 100, '< 100ms') } };
    expect(judge(expectation, newSamples(5, refused))).toMatchObject({
      verdict: 'inconclusive',
      reasons: ['max latency: expected < 100ms, but no request was answered'],
    });
  });
});

describe('requests that did not leave as planned', () => {
  it('dropped: make a pass inconclusive, and leave a failure a failure', () => {
    const dropped = newSamples(2, { sent: undefined, status: undefined });
    expect(judge({}, [...newSamples(20), ...dropped])).toMatchObject({
      verdict: 'inconclusive',
      dropped: 2,
      reasons: [expect.stringContaining('2 requests planned but never sent')],
    });
    expect(judge({}, [...newSamples(20, bad(3, failed)), ...dropped]).verdict).toBe('failed');
  });

  const within: Partial<Sample> = { failed: [{ check: 'within', detail: 'expected an answer within 3s' }] };
  const late = (number: number, more: Partial<Sample> = {}) =>
    newSamples(100, (index) => (index < number ? { sent: index * 500 + 51, end: index * 500 + 60, ...more } : {}));

  it('late: leave an upper limit standing that holds even with our own wait counted', () => {
    const expectation = { within: 3000, latency: { max: limit('<', 100) } };
    expect(judge(expectation, late(50))).toMatchObject({ verdict: 'passed', late: 50 });
  });

  it('late: never let our own wait satisfy a lower limit, beyond 1 % of them', () => {
    const slow = (number: number) => late(number).map((one) => ({ ...one, end: one.due + 60 }));
    const expectation = { latency: { min: limit('>=', 55) } };
    expect(judge(expectation, slow(1))).toMatchObject({ verdict: 'passed', late: 1 });
    expect(judge(expectation, slow(2))).toMatchObject({
      verdict: 'inconclusive',
      late: 2,
      reasons: [expect.stringContaining('requests left too late to believe it')],
    });
  });

  it('late: make failures of time inconclusive, but not others', () => {
    const expectation = { within: 3000, latency: { max: limit('<', 20) } };
    expect(judge(expectation, late(5, within)).verdict).toBe('inconclusive');
    expect(judge(expectation, late(5, failed)).verdict).toBe('failed');
  });

  it('late: do not matter where no time is asked for', () => {
    expect(judge({}, late(50)).verdict).toBe('passed');
  });
});

describe('any probe', () => {
  const sample = fc.record({
    status: fc.constantFrom(200, 503),
    latency: fc.integer({ min: 1, max: 5000 }),
    failed: fc.boolean(),
    error: fc.constantFrom(undefined, 'timeout' as const, 'reset' as const),
    sent: fc.boolean(),
  });

  it('passes only with requests that were all sent, and never when more of them turn bad', () => {
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 120, size: 'max' }), (drawn) => {
        const samples = newSamples(drawn.length, (index) => {
          const { latency, status, failed, error, sent } = drawn[index] ?? drawn[0]!;
          const due = index * 500;
          const checks = failed ? { failed: [{ check: 'body' as const, detail: '' }] } : {};
          return { due, sent: sent ? due : undefined, end: due + latency, status, ...(error && { error }), ...checks };
        });
        const expectation = { good: limit('>=', 0.9), latency: { p50: limit('<', 3000) } };
        const before = judge(expectation, samples);
        const after = judge(
          expectation,
          samples.map((each) => ({ ...each, ...refused })),
        );
        if (before.verdict === 'passed') {
          expect(before.dropped).toBe(0);
          expect(before.good / before.samples).toBeGreaterThanOrEqual(0.9);
          expect(before.samples).toBeGreaterThanOrEqual(29);
        } else expect(before.reasons.length).toBeGreaterThan(0);
        expect(after.verdict).not.toBe('passed');
      }),
    );
  });
});
