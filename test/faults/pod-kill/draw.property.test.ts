import { assert, constant, integer, oneof, property, record, uniqueArray } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countOf, draw, seedOf, seedOfRound } from '../../../src/faults/pod-kill/draw.ts';

const seeds = integer({ min: 0, max: 2 ** 32 - 1 });
const pods = uniqueArray(
  integer({ min: 0, max: 999 }).map((number) => `pod-${number}`),
  { maxLength: 40 },
);
const takes = oneof(
  record({ kind: constant('count' as const), count: integer({ min: 1, max: 50 }) }),
  record({ kind: constant('percent' as const), percent: integer({ min: 1, max: 100 }) }),
  constant({ kind: 'all' as const }),
);

describe('the draw of the pods to kill', () => {
  it('never takes more than asked, nor one twice, nor one that was not offered', () => {
    assert(
      property(pods, takes, seeds, (offered, take, seed) => {
        const drawn = draw(offered, countOf(take, offered.length), seed);
        const most =
          take.kind === 'all'
            ? offered.length
            : take.kind === 'count'
              ? take.count
              : (take.percent * offered.length) / 100;
        expect(drawn.length).toBeLessThanOrEqual(most);
        expect(drawn.length).toBeGreaterThan(Math.min(most, offered.length) - 1);
        expect(new Set(drawn).size).toBe(drawn.length);
        expect(offered).toEqual(expect.arrayContaining([...drawn]));
      }),
    );
  });

  it('is the same for the same seed, in every round', () => {
    assert(
      property(pods, seeds, integer({ min: 0, max: 20 }), (offered, seed, round) => {
        const once = draw(offered, 3, seedOfRound(seed, round));
        expect(draw(offered, 3, seedOfRound(seed, round))).toEqual(once);
      }),
    );
  });

  it('favours no pod: over many seeds each is drawn about as often', () => {
    const offered = ['a', 'b', 'c', 'd', 'e'];
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 5000; seed += 1) {
      for (const pod of draw(offered, 2, seed)) counts.set(pod, (counts.get(pod) ?? 0) + 1);
    }
    // 2000 each; the standard deviation is 35.
    for (const pod of offered) expect(Math.abs((counts.get(pod) ?? 0) - 2000)).toBeLessThan(200);
  });

  it('differs from run to run, from fault to fault and from round to round where no seed is given', () => {
    const drawn = [
      seedOf('run-1', 'a'),
      seedOf('run-2', 'a'),
      seedOf('run-1', 'b'),
      seedOfRound(seedOf('run-1', 'a'), 1),
    ];
    expect(new Set(drawn).size).toBe(4);
    expect(seedOf('run-1', 'a')).toBe(seedOf('run-1', 'a'));
  });
});
