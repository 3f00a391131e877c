import { assert, integer, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chanceOfMoreHits } from '../../src/stats/fisher.ts';
import { isQuantileHigher } from '../../src/stats/quantile-shift.ts';
import { createRandom } from '../../src/sandbox/mesh/random.ts';

describe("Fisher's exact test", () => {
  it('is the share of all ways to deal out the hits that are as extreme', () => {
    const counts = record({ a: integer({ min: 0, max: 9 }), b: integer({ min: 0, max: 9 }) });
    assert(
      property(counts, integer({ min: 0, max: 9 }), integer({ min: 0, max: 9 }), ({ a, b }, hitsA, hitsB) => {
        const first = { hits: Math.min(a, hitsA), total: a };
        const second = { hits: Math.min(b, hitsB), total: b };
        expect(chanceOfMoreHits(first, second)).toBeCloseTo(dealt(first, second), 10);
      }),
      { seed: 1 },
    );
  });

  it('knows the lady who tastes tea', () => {
    expect(chanceOfMoreHits({ hits: 4, total: 4 }, { hits: 0, total: 4 })).toBeCloseTo(1 / 70, 12);
  });
});

describe('a quantile that is shown to be higher', () => {
  it('needs requests enough, for a p95 more than for a median', () => {
    const apart = (count: number, miss: number, p: number) => {
      const fast = Array.from({ length: count }, (_, index) => index);
      const slow = fast.map((it) => it + 1000);
      expect(isQuantileHigher(p, fast, slow, 0.5)).toBe(false);
      return isQuantileHigher(p, slow, fast, miss);
    };
    // docs/rejudging.md names these numbers, for 20 figures that are tested both ways.
    const miss = 0.05 / 20 / 2;
    for (const [p, needed] of [
      [0.5, 13],
      [0.9, 86],
      [0.95, 176],
      [0.99, 895],
    ] as const) {
      expect([apart(needed - 1, miss, p), apart(needed, miss, p)]).toEqual([false, true]);
    }
  });

  it('is not shown by nothing, nor by equal values', () => {
    expect(isQuantileHigher(0.5, [], [1], 0.5)).toBe(false);
    expect(isQuantileHigher(0.5, [1, 1, 1, 1], [1, 1, 1, 1], 0.5)).toBe(false);
  });

  it('is said wrongly hardly more often than allowed, of the same system and of another with the same quantile', () => {
    const random = createRandom(11, 'quantiles').next;
    const miss = 0.05;
    for (const p of [0.5, 0.95]) {
      for (const [one, other] of [
        [steady, steady],
        [steady, wild],
        [wild, steady],
      ] as const) {
        const rounds = 1500;
        let wrong = 0;
        for (let round = 0; round < rounds; round += 1) {
          const [a, b] = [sorted(120, () => one(random, p)), sorted(80, () => other(random, p))];
          if (isQuantileHigher(p, a, b, miss)) wrong += 1;
        }
        // Four standard deviations above what is allowed.
        expect(wrong / rounds).toBeLessThan(miss + 4 * Math.sqrt((miss * (1 - miss)) / rounds));
      }
    }
  });

  it('is found nearly always when it is there', () => {
    const random = createRandom(12, 'quantiles').next;
    let found = 0;
    for (let round = 0; round < 200; round += 1) {
      const before = sorted(200, () => logNormal(random));
      const after = sorted(200, () => 1.6 * logNormal(random));
      if (isQuantileHigher(0.5, after, before, 0.001)) found += 1;
    }
    expect(found).toBeGreaterThan(190);
  });
});

/** Ways to deal `hits` of both onto `first.total` and `second.total` places, with as many on the first or more. */
function dealt(first: { hits: number; total: number }, second: { hits: number; total: number }): number {
  const hits = first.hits + second.hits;
  const ways = (onFirst: number): number => choose(first.total, onFirst) * choose(second.total, hits - onFirst);
  let extreme = 0;
  for (let onFirst = first.hits; onFirst <= first.total; onFirst += 1) extreme += ways(onFirst);
  return extreme / choose(first.total + second.total, hits);
}

function choose(from: number, number: number): number {
  if (number < 0 || number > from) return 0;
  return number === 0 ? 1 : (choose(from - 1, number - 1) * from) / number;
}

/** Both have their `p` quantile at 0; one hardly varies, the other does and is lopsided. */
function steady(random: () => number, p: number): number {
  return (random() - p) * 0.01;
}

function wild(random: () => number, p: number): number {
  const at = random() - p;
  return at < 0 ? at * 1000 : Math.exp(at * 9) - 1;
}

function logNormal(random: () => number): number {
  return 20 * Math.exp(0.5 * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));
}

function sorted(count: number, draw: () => number): Float64Array {
  return Float64Array.from({ length: count }, draw).sort();
}
