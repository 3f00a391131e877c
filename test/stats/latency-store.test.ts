import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLatencyStore } from '../../src/stats/latency-store.ts';
import { samplesForPercentile, samplesForShare } from '../../src/stats/sample-size.ts';

const latencies = fc.array(fc.double({ min: 0.001, max: 60_000, noNaN: true }), { minLength: 1, maxLength: 3000 });

describe('a latency store', () => {
  it.each([
    [0.5, 5],
    [0.9, 9],
    [0.95, 10],
    [0.1, 1],
    [1, 10],
  ])('gives the nearest-rank quantile %d of 1..10 as %d', (p, expected) => {
    const store = createLatencyStore();
    for (const value of [10, 3, 7, 1, 9, 2, 8, 4, 6, 5]) store.record(value);
    expect(store.quantile(p)).toBe(expected);
  });

  it('gives a value that at least the share p does not exceed, and the smallest such', () => {
    fc.assert(
      fc.property(latencies, fc.integer({ min: 1, max: 100 }), (values, percent) => {
        const store = createLatencyStore();
        values.forEach((value) => store.record(value));
        const quantile = store.quantile(percent / 100);
        const atMost = values.filter((value) => value <= quantile).length;
        const below = values.filter((value) => value < quantile).length;
        expect(values).toContain(quantile);
        expect(atMost * 100).toBeGreaterThanOrEqual(percent * values.length);
        expect(below * 100).toBeLessThan(percent * values.length);
      }),
    );
  });

  it('stays within a thousandth of the exact values beyond its limit, with exact ends', () => {
    fc.assert(
      fc.property(latencies, (values) => {
        const exact = createLatencyStore();
        const coarse = createLatencyStore(1);
        for (const value of values) [exact, coarse].forEach((store) => store.record(value));
        expect(coarse.count).toBe(exact.count);
        expect([coarse.min(), coarse.max()]).toEqual([exact.min(), exact.max()]);
        for (const p of [0.5, 0.95, 0.99]) {
          const error = Math.abs(coarse.quantile(p) - exact.quantile(p));
          expect(error).toBeLessThanOrEqual(0.0011 + exact.quantile(p) / 900);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('has no quantile when it is empty', () => {
    expect(createLatencyStore().quantile(0.5)).toBeNaN();
  });
});

describe('the number of requests needed', () => {
  it.each([
    [0.5, 2],
    [0.9, 10],
    [0.95, 20],
    [0.99, 100],
    [1, 1],
  ])('for the percentile %d is %d', (p, needed) => {
    expect(samplesForPercentile(p)).toBe(needed);
  });

  it.each([
    [1, 1],
    [0, 1],
    [0.99, 100],
    [0.01, 100],
    [0.999, 1000],
    [0.5, 2],
    [0.1, 10],
  ])('for a share of %d is %d', (share, needed) => {
    expect(samplesForShare(share)).toBe(needed);
  });
});
