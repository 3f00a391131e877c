import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeProbe } from '../../src/judge/judge-probe.ts';
import type { Expectation, HypothesisProbe } from '../../src/model/hypothesis.ts';
import type { Sample } from '../../src/model/sample.ts';
import type { Threshold } from '../../src/model/threshold.ts';
import { limit, newProbe, newSamples } from '../helpers/probes.ts';

/** The same draws each time: xorshift, uniform enough for shares. */
function createDice(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

const failed: Partial<Sample> = { failed: [{ check: 'status', detail: 'expected 200, got 503' }] };

type Verdicts = Readonly<Record<'passed' | 'failed' | 'inconclusive' | 'skipped', number>>;

/** What `runs` runs of a system say of it, each over `size` requests that it answers at random. */
function shareOfVerdicts(
  expectation: Expectation,
  runs: number,
  size: number,
  answer: () => Partial<Sample> & { readonly took?: number },
  confidence = 0.95,
): Verdicts {
  const counts = { passed: 0, failed: 0, inconclusive: 0, skipped: 0 };
  const probe: HypothesisProbe = newProbe({ expect: expectation });
  for (let run = 0; run < runs; run += 1) {
    const samples = newSamples(size, (index) => {
      const { took = 10, ...rest } = answer();
      return { end: index * 500 + took, ...rest };
    });
    counts[judgeProbe({ probe, phase: 'fault', samples, confidence }).verdict] += 1 / runs;
  }
  return counts;
}

/** Five standard deviations of what so many runs make of a rate: a true rate at the bound stays below it in practice. */
const chanceOnTop = (rate: number, runs: number): number => 5 * Math.sqrt((rate * (1 - rate)) / runs);

const RUNS = 250;
const settings = { seed: 31_415, numRuns: 8 };
const sizes = fc.integer({ min: 5, max: 400 });
const limits = fc.constantFrom(0.5, 0.75, 0.9, 0.95, 0.99);
const seeds = fc.integer({ min: 1, max: 2 ** 31 });
const certainties = fc.constantFrom(0.8, 0.95, 0.99);

describe('over thousands of runs, one statement', () => {
  it('on a share: a system that keeps the limit fails, and one that does not passes, no more often than stated', () => {
    fc.assert(
      fc.property(
        limits,
        fc.double({ min: 0, max: 1, noNaN: true }),
        sizes,
        seeds,
        certainties,
        (s, p, size, seed, sure) => {
          const dice = createDice(seed);
          const answer = () => (dice() < p ? {} : failed);
          const verdicts = shareOfVerdicts({ good: limit('>=', s) }, RUNS, size, answer, sure);
          const wrong = p >= s ? verdicts.failed : verdicts.passed;
          expect(wrong).toBeLessThanOrEqual(1 - sure + chanceOnTop(1 - sure, RUNS));
        },
      ),
      settings,
    );
  });

  it('on a share from both sides', () => {
    const range: Threshold = { kind: 'range', low: 0.62, high: 0.88, text: '62% .. 88%' };
    fc.assert(
      fc.property(fc.constantFrom(0.5, 0.61, 0.63, 0.75, 0.87, 0.89), sizes, seeds, (p, size, seed) => {
        const dice = createDice(seed);
        const verdicts = shareOfVerdicts({ good: range }, RUNS, size, () => (dice() < p ? {} : failed));
        const wrong = p > 0.62 && p < 0.88 ? verdicts.failed : verdicts.passed;
        expect(wrong).toBeLessThanOrEqual(0.05 + chanceOnTop(0.05, RUNS));
      }),
      settings,
    );
  });

  it('on a percentile: whatever the distribution of times, by the share under the limit', () => {
    const stats = fc.constantFrom(['p50', 0.5] as const, ['p90', 0.9] as const, ['p95', 0.95] as const);
    const shapes = fc.constantFrom(
      (u: number) => -500 * Math.log(1 - u),
      (u: number) => 1000 * u,
      (u: number) => (u < 0.93 ? 20 + u : 6000 + u),
    );
    fc.assert(
      fc.property(
        stats,
        shapes,
        fc.double({ min: 0.3, max: 0.999, noNaN: true }),
        sizes,
        seeds,
        (stat, shape, at, size, seed) => {
          const dice = createDice(seed);
          // The share `at` of the requests is under the limit, so the percentile is under it when `at` is not below it.
          const expectation = { latency: { [stat[0]]: limit('<', shape(at)) } };
          const verdicts = shareOfVerdicts(expectation, RUNS, size, () => ({ took: shape(dice()) }));
          const wrong = at >= stat[1] ? verdicts.failed : verdicts.passed;
          expect(wrong).toBeLessThanOrEqual(0.05 + chanceOnTop(0.05, RUNS));
        },
      ),
      settings,
    );
  });

  it('is undecided nine times in ten where the system is exactly at the limit, and does not flap between the two', () => {
    fc.assert(
      fc.property(limits, sizes, seeds, (s, size, seed) => {
        const dice = createDice(seed);
        const verdicts = shareOfVerdicts({ good: limit('>=', s) }, RUNS, size, () => (dice() < s ? {} : failed));
        expect(verdicts.inconclusive).toBeGreaterThanOrEqual(0.9 - chanceOnTop(0.1, RUNS));
      }),
      settings,
    );
  });

  it('is decided, and rightly, where there are requests enough', () => {
    const dice = createDice(7);
    const good = shareOfVerdicts({ good: limit('>=', 0.95) }, RUNS, 400, () => (dice() < 0.99 ? {} : failed));
    const poor = shareOfVerdicts({ good: limit('>=', 0.95) }, RUNS, 400, () => (dice() < 0.85 ? {} : failed));
    expect(good.passed).toBeGreaterThan(0.95);
    expect(poor.failed).toBeGreaterThan(0.95);
  });
});

describe('several statements at once', () => {
  it('are wrong together no more often than the sum of what is stated for each', () => {
    const dice = createDice(99);
    // Three limits, each kept with nothing to spare: the worst case for a system that is good.
    const expectation: Expectation = {
      good: limit('>=', 0.9),
      statuses: { 503: limit('<=', 0.1) },
      latency: { p90: limit('<', 900) },
    };
    const answer = () => ({ took: dice() * 1000, ...(dice() < 0.9 ? {} : { ...failed, status: 503 }) });
    const verdicts = shareOfVerdicts(expectation, 1000, 120, answer);
    expect(verdicts.failed).toBeLessThanOrEqual(0.15 + chanceOnTop(0.15, 1000));
    // To pass wrongly all have to be wrong at once.
    expect(verdicts.passed).toBeLessThanOrEqual(0.05);
  });
});
