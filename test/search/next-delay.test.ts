import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CliffVerdict } from '../../src/model/conclusion.ts';
import { flipOf, nextDelay, type Range, runsNeeded } from '../../src/search/next-delay.ts';
import { settle, type Trial } from '../../src/search/settle.ts';

const SECONDS: Range = { from: 100, to: 10_000, precision: 100 };

function search(range: Range, verdictAt: (delay: number, nth: number) => CliffVerdict): Trial[] {
  const trials: Trial[] = [];
  while (trials.length < 200) {
    const delay = nextDelay(trials, range, []);
    if (delay === undefined) return trials;
    trials.push({ delay, verdict: verdictAt(delay, trials.filter((it) => it.delay === delay).length) });
  }
  throw new Error('the search does not end');
}

const aRange = fc
  .record({
    from: fc.integer({ min: 1, max: 5000 }),
    width: fc.integer({ min: 2, max: 20_000 }),
    steps: fc.integer({ min: 1, max: 300 }),
  })
  .map(({ from, width, steps }): Range => ({
    from,
    to: from + width,
    precision: Math.max(1, Math.floor(width / steps)),
  }));

describe('the search for the delay at which a hypothesis flips', () => {
  it('finds any flip to within the precision, in no more runs than it said, and never tries twice without a reason', () => {
    fc.assert(
      fc.property(aRange, fc.double({ min: 0, max: 1, noNaN: true }), (range, at) => {
        const cliff = range.from + 0.5 + at * (range.to - range.from - 1);
        const trials = search(range, (delay) => (delay < cliff ? 'holds' : 'fails'));
        const flip = flipOf(settle(trials));
        expect(flip!.low).toBeLessThan(cliff);
        expect(flip!.high).toBeGreaterThanOrEqual(cliff);
        expect(flip!.high - flip!.low).toBeLessThanOrEqual(range.precision);
        expect(trials.length).toBeLessThanOrEqual(runsNeeded(range));
        expect(trials.every((it) => it.delay >= range.from && it.delay <= range.to)).toBe(true);
        // Only the shortest delay that fails is looked at once more.
        expect(trials.length - new Set(trials.map((it) => it.delay)).size).toBe(1);
      }),
      { numRuns: 500, seed: 4 },
    );
  });

  it('tries both ends first', () => {
    expect(
      search(SECONDS, () => 'holds')
        .slice(0, 2)
        .map((it) => it.delay),
    ).toEqual([100, 10_000]);
  });

  it('looks into the range when both ends agree, and so finds what is wider than a quarter of it', () => {
    const hidden = (delay: number): CliffVerdict => (delay > 4000 && delay < 7000 ? 'fails' : 'holds');
    const seen = settle(search(SECONDS, hidden));
    expect(new Set(seen.map((it) => it.verdict))).toEqual(new Set(['holds', 'fails']));
    expect(flipOf(seen)).toEqual({ low: 4000, high: 4100 });
  });

  it('repeats once what decides nothing, and goes around it', () => {
    const trials = search(SECONDS, (delay) => (delay === 5100 ? 'open' : delay < 5150 ? 'holds' : 'fails'));
    expect(trials.filter((it) => it.delay === 5100).length).toBeLessThanOrEqual(2);
    expect(flipOf(settle(trials))).toEqual({ low: 5000, high: 5200 });
  });

  it('ends when an end of the range stays undecided', () => {
    const trials = search(SECONDS, (delay) => (delay === 100 ? 'open' : 'fails'));
    expect(trials.map((it) => it.delay)).toEqual([100, 100, 10_000]);
  });

  it('is not led astray by a run that failed by chance: the edge is looked at again, and a third run decides', () => {
    // By chance 2.6 s fails at first; the true flip is at 3 s.
    const trials = search(SECONDS, (delay, nth) =>
      delay === 2600 && nth === 0 ? 'fails' : delay < 3000 ? 'holds' : 'fails',
    );
    const seen = settle(trials);
    expect(flipOf(seen)).toEqual({ low: 2900, high: 3000 });
    expect(seen.find((it) => it.delay === 2600)).toMatchObject({ verdict: 'holds', flaky: true, tries: 3 });
  });

  it('then looks for the delay that answers stop to follow, where that is another one', () => {
    const trials = search(SECONDS, (delay) => (delay < 1000 ? 'holds' : 'fails'));
    expect(nextDelay(trials, SECONDS, [{ low: 2600, high: 5000 }])).toBe(3800);
    expect(nextDelay(trials, SECONDS, [{ low: 900, high: 1000 }])).toBeUndefined();
  });
});
