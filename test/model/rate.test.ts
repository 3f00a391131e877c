import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRate } from '../../src/model/rate.ts';

describe('a rate', () => {
  it.each([
    ['2/s', 2],
    ['1/5s', 0.2],
    ['30/m', 0.5],
    ['0.5/s', 0.5],
    ['1/100ms', 10],
    ['5000/s', 5000],
  ])('%s is %d requests a second', (text, perSecond) => {
    expect(parseRate(text)).toEqual({ ok: true, value: perSecond });
  });

  it.each([
    ['2', '`2` has no unit; write `2/s`'],
    ['2 per s', '`2 per s` is not a rate'],
    ['2/sec', '`2/sec` is not a rate: `sec` is not a duration'],
    ['2/5', '`2/5` is not a rate: `5` has no unit; write `5s` or `5ms`'],
    ['0/s', '`0/s` never sends anything'],
    ['1/0s', '`1/0s` never sends anything'],
    ['-1/s', '`-1/s` is not a rate'],
    ['1000000/s', '`1000000/s` is more than 100000 requests a second'],
  ])('%j is refused: %s', (text, problem) => {
    expect(parseRate(text)).toMatchObject({ ok: false, problem });
  });

  it('is the count over the period, whatever the two are', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 3600 }), (count, seconds) => {
        const rate = parseRate(`${count}/${seconds}s`);
        expect(rate.ok && rate.value).toBeCloseTo(count / seconds, 9);
      }),
    );
  });
});
