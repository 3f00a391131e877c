import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chanceOfAtLeast, chanceOfAtMost, shareInterval } from '../../src/stats/binomial.ts';
import { quantileRanks } from '../../src/stats/quantile-interval.ts';
import { samplesToDecide, samplesToShow } from '../../src/stats/samples-needed.ts';

/** The chance of each number of hits, added up from logarithms of whole numbers: slow, and plainly right. */
function chances(total: number, share: number): readonly number[] {
  const logs = [0];
  for (let number = 1; number <= total; number += 1) logs.push((logs.at(-1) ?? 0) + Math.log(number));
  const log = (number: number): number => logs[number] ?? Number.NaN;
  return Array.from({ length: total + 1 }, (_, hits) =>
    Math.exp(log(total) - log(hits) - log(total - hits) + hits * Math.log(share) + (total - hits) * Math.log1p(-share)),
  );
}
const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

const totals = fc.integer({ min: 1, max: 400 });
const shares = fc.double({ min: 0.0005, max: 0.9995, noNaN: true });
const seeded = { seed: 20_260_102, numRuns: 300 };

describe('binomial chances', () => {
  it('are those of adding up every outcome', () => {
    fc.assert(
      fc.property(totals, shares, fc.nat(400), (total, share, drawn) => {
        const hits = drawn % (total + 1);
        const each = chances(total, share);
        expect(Math.abs(chanceOfAtLeast(hits, total, share) - sum(each.slice(hits)))).toBeLessThan(1e-10);
        expect(Math.abs(chanceOfAtMost(hits, total, share) - sum(each.slice(0, hits + 1)))).toBeLessThan(1e-10);
      }),
      seeded,
    );
  });

  it('stay right over a million requests', () => {
    // Half of the outcomes of a fair coin, and half of the one in the middle.
    expect(chanceOfAtLeast(500_000, 1_000_000, 0.5)).toBeCloseTo(0.5 + 0.000_398_942, 7);
    expect(chanceOfAtMost(0, 1_000_000, 1e-6)).toBeCloseTo(Math.exp(-1), 6);
  });
});

describe('the interval of a share', () => {
  it('is the exact one of the tables', () => {
    // Clopper and Pearson 1934; the first also follows from 1 - 0.025^(1/n).
    expect(shareInterval(10, 10, 0.95)).toEqual([expect.closeTo(0.025 ** 0.1, 12), 1]);
    expect(shareInterval(0, 10, 0.95)).toEqual([0, expect.closeTo(1 - 0.025 ** 0.1, 12)]);
    expect(shareInterval(4, 5, 0.95)).toEqual([expect.closeTo(0.283_582, 6), expect.closeTo(0.994_949, 6)]);
  });

  it('misses the true share with no more than the stated chance', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 120 }), shares, fc.constantFrom(0.8, 0.95, 0.99), (total, share, sure) => {
        const missed = chances(total, share).filter((_, hits) => {
          const [low, high] = shareInterval(hits, total, sure);
          return share < low || share > high;
        });
        expect(sum(missed)).toBeLessThanOrEqual(1 - sure + 1e-9);
      }),
      { ...seeded, numRuns: 60 },
    );
  });
});

describe('the interval of a quantile', () => {
  it('misses the true quantile with no more than the stated chance', () => {
    fc.assert(
      fc.property(totals, fc.constantFrom(0.5, 0.9, 0.95, 0.99), fc.constantFrom(0.8, 0.95), (total, p, sure) => {
        const [low, high] = quantileRanks(p, total, sure);
        // `below` values are at or below the quantile: the one of rank r is above it when r > below.
        const missed = chances(total, p).filter(
          (_, below) => (low !== undefined && low > below) || (high !== undefined && high <= below),
        );
        expect(sum(missed)).toBeLessThanOrEqual(1 - sure + 1e-9);
        if (low !== undefined && high !== undefined) expect(low).toBeLessThanOrEqual(high);
      }),
      seeded,
    );
  });

  it('has no bound where there are too few values for one', () => {
    expect(quantileRanks(0.99, 60, 0.95)).toEqual([58, undefined]);
    expect(quantileRanks(0.5, 3, 0.95)).toEqual([undefined, undefined]);
    expect(quantileRanks(0.5, 100, 0.95)).toEqual([40, 61]);
  });
});

describe('the number of requests', () => {
  it.each([
    [0.5, 5],
    [0.9, 29],
    [0.95, 59],
    [0.99, 299],
    [0.999, 2995],
  ])('that shows a share of %d when all are good is %i', (share, needed) => {
    expect(samplesToShow(share, 0, 0.05)).toBe(needed);
    expect(samplesToDecide(1, 1, share, 0.05)).toBe(needed);
    expect(share ** needed).toBeLessThanOrEqual(0.05);
    expect(share ** (needed - 1)).toBeGreaterThan(0.05);
  });

  it('is exactly the first that is enough', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.5, max: 0.99, noNaN: true }), fc.nat(5), (share, misses) => {
        const needed = samplesToShow(share, misses, 0.05);
        const chanceOfSoFew = (total: number): number => sum(chances(total, 1 - share).slice(0, misses + 1));
        expect(chanceOfSoFew(needed)).toBeLessThanOrEqual(0.05);
        expect(needed === misses + 1 || chanceOfSoFew(needed - 1) > 0.05).toBe(true);
      }),
      { ...seeded, numRuns: 100 },
    );
  });

  it('is unknown where the share seen is the limit itself', () => {
    expect(samplesToDecide(99, 100, 0.99, 0.05)).toBeUndefined();
    expect(samplesToDecide(98, 100, 0.99, 0.05)).toBeGreaterThan(100);
  });
});
