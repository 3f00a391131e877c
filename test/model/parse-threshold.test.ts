import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration } from '../../src/model/duration.ts';
import { parseDurationThreshold, parseShareThreshold } from '../../src/model/parse-threshold.ts';

const operator = fc.constantFrom('<', '<=', '>', '>=', '==');

describe('a limit on a share', () => {
  it.each([
    ['>= 99%', { kind: 'compare', op: '>=', value: 0.99, text: '>= 99%' }],
    ['<5%', { kind: 'compare', op: '<', value: 0.05, text: '<5%' }],
    [' == 0% ', { kind: 'compare', op: '==', value: 0, text: '== 0%' }],
    ['10% .. 90%', { kind: 'range', low: 0.1, high: 0.9, text: '10% .. 90%' }],
    ['99.9%..100%', { kind: 'range', low: 0.999, high: 1, text: '99.9%..100%' }],
  ])('reads %j', (text, threshold) => {
    expect(parseShareThreshold(text)).toEqual({ ok: true, value: threshold });
  });

  it.each([
    ['99%', '`99%` does not say on which side; write `>= 99%` or `<= 99%`'],
    ['=> 99%', '`=> 99%` is not a limit; write `>=`'],
    ['= 99%', '`= 99%` is not a limit; write `==`'],
    ['>= 99', '`>= 99` is not a limit: `99` has no percent sign'],
    ['>= 101%', '`>= 101%` is not a limit: `101%` is more than 100%'],
    ['> 100%', '`> 100%` can never hold'],
    ['< 0%', '`< 0%` can never hold'],
    ['90% .. 10%', '`90% .. 10%` is empty: its ends are the wrong way round'],
    ['10% .. x', '`10% .. x` is not a range: `x` is not a share'],
    ['most', '`most` is not a limit'],
    ['', '`` is not a limit'],
  ])('refuses %j: %s', (text, problem) => {
    expect(parseShareThreshold(text)).toMatchObject({ ok: false, problem });
  });

  it('keeps the number it was given', () => {
    fc.assert(
      fc.property(operator, fc.integer({ min: 1, max: 99 }), (op, percent) => {
        expect(parseShareThreshold(`${op} ${percent}%`)).toMatchObject({ value: { op, value: percent / 100 } });
      }),
    );
  });
});

describe('a limit on a duration', () => {
  it.each([
    ['< 2.5s', { kind: 'compare', op: '<', value: 2500, text: '< 2.5s' }],
    ['>= 2.9s', { kind: 'compare', op: '>=', value: 2900, text: '>= 2.9s' }],
    ['500ms .. 1m30s', { kind: 'range', low: 500, high: 90_000, text: '500ms .. 1m30s' }],
  ])('reads %j', (text, threshold) => {
    expect(parseDurationThreshold(text)).toEqual({ ok: true, value: threshold });
  });

  it.each([
    ['< 3', '`< 3` is not a limit: `3` has no unit; write `3s` or `3ms`'],
    ['< 0s', '`< 0s` can never hold'],
    ['3s', '`3s` does not say on which side; write `>= 3s` or `<= 3s`'],
    ['3s .. 1s', '`3s .. 1s` is empty: its ends are the wrong way round'],
  ])('refuses %j: %s', (text, problem) => {
    expect(parseDurationThreshold(text)).toMatchObject({ ok: false, problem });
  });

  it('keeps both ends of a range', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.nat(100_000), (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const read = parseDurationThreshold(`${formatDuration(low)} .. ${formatDuration(high)}`);
        expect(read).toMatchObject({ ok: true, value: { kind: 'range', low, high } });
      }),
    );
  });
});
