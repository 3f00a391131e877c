import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countRequests, type Counts } from '../../../src/faults/istio/counters.ts';
import { judgeGone } from '../../../src/faults/istio/judge-gone.ts';
import { passesNeededInTime } from '../../../src/faults/istio/passes-needed.ts';
import type { Reading, Sighting } from '../../../src/faults/istio/watch-book.ts';
import { proxyMetrics } from '../../helpers/istio-world.ts';

const pod = 'default/reviews';
const reading = (at: number, faulted: number, clean: number): Reading => ({
  at,
  evidence: { counts: { [pod]: { faulted, clean } }, silent: [] },
});

function sighting(during: readonly Reading[], after: readonly Reading[]): Sighting {
  const [firstActive, lastDuring] = [during[0], during.at(-1)];
  return {
    pods: [],
    baseline: reading(0, 0, 0).evidence,
    ...(firstActive && { firstActive }),
    ...(lastDuring && { lastDuring }),
    after: [...after],
  };
}

const gone = (
  hits: 'all' | 'matching' | 'some',
  linger: number,
  during: readonly Reading[],
  ...after: readonly Reading[]
) => judgeGone(sighting(during, after), hits, linger).every((caller) => caller.gone);

describe('whether a fault is gone', () => {
  const hitAll = [reading(1000, 10, 0), reading(2000, 50, 0)];

  it('is shown by one request that passes, where every request was hit', () => {
    expect(gone('all', 7000, hitAll, reading(2100, 50, 0))).toBe(false);
    expect(gone('all', 7000, hitAll, reading(2100, 50, 1))).toBe(true);
  });

  it('is not shown by requests that were delayed before the rollback and complete after it', () => {
    expect(gone('all', 7000, hitAll, reading(2100, 50, 0), reading(5000, 60, 0))).toBe(false);
  });

  it('takes more than one passing request where the match may have spared it', () => {
    expect(gone('matching', 7000, hitAll, reading(2100, 50, 1))).toBe(false);
    expect(gone('matching', 7000, hitAll, reading(2100, 50, 0), reading(2500, 50, 8))).toBe(true);
  });

  it('waits one delay where other requests pass all the time', () => {
    const mixed = [reading(1000, 10, 10), reading(2000, 50, 50)];
    const passing = (until: number) => Array.from({ length: until }, (_, n) => reading(2100 + n * 100, 50, 50 + n));
    expect(gone('matching', 7000, mixed, ...passing(60))).toBe(false);
    expect(gone('matching', 7000, mixed, ...passing(95))).toBe(true);
  });

  it('starts over when a request is hit again', () => {
    const half = [reading(1000, 10, 10), reading(2000, 50, 50)];
    const quiet = [reading(2100, 50, 50), reading(2500, 50, 70)];
    expect(gone('some', 0, half, ...quiet)).toBe(true);
    expect(gone('some', 0, half, ...quiet, reading(2600, 51, 70))).toBe(false);
  });

  it('needs the more passing requests the rarer the fault hits', () => {
    const rare = [reading(1000, 2, 18), reading(2000, 10, 90)];
    expect(gone('some', 0, rare, reading(2100, 10, 90), reading(2500, 10, 120))).toBe(false);
    expect(gone('some', 0, rare, reading(2100, 10, 90), reading(2500, 10, 170))).toBe(true);
  });

  it('does not take three hits in a row for a rule', () => {
    const few = [reading(1000, 1, 0), reading(1200, 3, 0)];
    for (const hits of ['matching', 'some'] as const) {
      expect(gone(hits, 0, few, reading(1300, 3, 0), reading(1400, 3, 3))).toBe(false);
      expect(gone(hits, 0, few, reading(1300, 3, 0), reading(1400, 3, 20))).toBe(true);
    }
  });

  it('is a matter of time without traffic, and never while requests are hit', () => {
    expect(gone('all', 0, hitAll, reading(2100, 50, 0), reading(9000, 50, 0))).toBe(false);
    expect(gone('all', 0, hitAll, reading(2100, 50, 0), reading(10_200, 50, 0))).toBe(true);
    expect(gone('all', 0, hitAll, reading(2100, 50, 0), reading(9000, 51, 0), reading(10_200, 51, 0))).toBe(false);
  });

  it('does not wait for a caller that is not there any more, but for one that does not answer', () => {
    const vanished: Reading = { at: 2100, evidence: { counts: {}, silent: [] } };
    const silent: Reading = { at: 2100, evidence: { counts: {}, silent: [pod] } };
    const first = reading(2050, 50, 0);
    expect(gone('all', 0, hitAll, first, vanished)).toBe(true);
    expect(gone('all', 0, hitAll, first, silent)).toBe(false);
  });

  it('is rarely called too early: a fault that still bites is taken for gone at most once in a hundred runs', () => {
    // Longest run of luck over whole histories, so the single-look error rate of 1 in 1,000 adds up.
    const histories = fc.tuple(
      fc.double({ min: 0.2, max: 0.9, noNaN: true }),
      fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
    );
    let wrong = 0;
    const runs = 300;
    fc.assert(
      fc.property(histories, ([share, rolls]) => {
        let counts: Counts = { faulted: 0, clean: 0 };
        const next = (at: number): Reading => {
          const isHit = (rolls.next().value as number) < share;
          counts = { faulted: counts.faulted + (isHit ? 1 : 0), clean: counts.clean + (isHit ? 0 : 1) };
          return reading(at, counts.faulted, counts.clean);
        };
        const during = Array.from({ length: 30 }, (_, n) => next(1000 + n * 50));
        const after: Reading[] = [];
        for (let n = 0; n < 20; n += 1) {
          after.push(next(3000 + n * 50));
          if (during.some((one) => (one.evidence.counts[pod]?.faulted ?? 0) > 0) && gone('some', 0, during, ...after)) {
            wrong += 1;
            return;
          }
        }
      }),
      { numRuns: runs, seed: 1 },
    );
    expect(wrong).toBeLessThanOrEqual(runs / 100);
  });
});

describe('counting requests', () => {
  const hits = (flags: readonly string[], status: number | null = null) => ({
    service: { name: 'ratings', namespace: 'default' },
    flags,
    status,
  });

  it("tells hit from other requests by the caller's own view of this service", () => {
    const metrics = [
      proxyMetrics('ratings', { DI: 3, 'DI,FI': 2, '-': 40, UH: 1 }),
      proxyMetrics('details', { DI: 100, '-': 100 }),
      proxyMetrics('ratings', { FI: 9 }).replaceAll('reporter="source"', 'reporter="destination"'),
    ].join('\n');
    expect(countRequests(metrics, hits(['DI']))).toEqual({ faulted: 5, clean: 41 });
    expect(countRequests(metrics, hits(['FI']))).toEqual({ faulted: 2, clean: 44 });
  });

  it('tells the hits of two aborts by their statuses', () => {
    const aborted = (status: string, count: number) =>
      proxyMetrics('ratings', { FI: count }).replaceAll('response_code="200"', `response_code="${status}"`);
    const metrics = [aborted('500', 3), aborted('503', 4), proxyMetrics('ratings', { '-': 10 })].join('\n');
    expect(countRequests(metrics, hits(['FI'], 500))).toEqual({ faulted: 3, clean: 14 });
    expect(countRequests(metrics, hits(['FI'], 503))).toEqual({ faulted: 4, clean: 13 });
  });

  it('reads quoted labels, timestamps and exponents, and counts rubbish as nothing', () => {
    const line = (flags: string, value: string) =>
      `istio_requests_total{reporter="source",destination_service="ratings.default.svc.cluster.local",x="a\\"}b",response_flags="${flags}"} ${value}`;
    const metrics = [line('DI', '1e3 1700000000000'), line('-', 'NaN'), 'istio_requests_total{reporter="source"'].join(
      '\n',
    );
    expect(countRequests(metrics, hits(['DI']))).toEqual({ faulted: 1000, clean: 0 });
  });

  it('asks for more passes the longer spared requests had time to come', () => {
    expect(passesNeededInTime(0.05, 4)).toBeGreaterThanOrEqual(3);
    expect(passesNeededInTime(0.05, 400)).toBeGreaterThan(30);
    expect(passesNeededInTime(0.5, 100_000)).toBeGreaterThan(50_000);
  });
});
