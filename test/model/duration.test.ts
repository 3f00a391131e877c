import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from '../../src/model/duration.ts';

describe('a duration', () => {
  it.each([
    ['7s', 7000],
    ['500ms', 500],
    ['1m30s', 90_000],
    ['0s', 0],
    ['2.5s', 2500],
    ['2.3s', 2300],
    ['0.5s', 500],
    ['1h', 3_600_000],
    ['1h2m3s4ms', 3_723_004],
    ['1.5ms', 1.5],
    ['5m', 300_000],
    ['90m', 5_400_000],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDuration(text)).toEqual({ ok: true, value: ms });
  });

  it.each([
    ['7', '`7` has no unit; write `7s` or `7ms`'],
    ['7 s', '`7 s` contains a space; write `7s`'],
    ['7sec', '`7sec` is not a duration; write `7s`'],
    ['5 minutes', '`5 minutes` is not a duration; write `5m`'],
    ['7S', '`7S` is not a duration; write `7s`'],
    ['-1s', '`-1s` is negative'],
    ['', 'an empty text is not a duration'],
    ['1s1m', '`1s1m` is not a duration'],
    ['1s1s', '`1s1s` is not a duration'],
    ['PT7S', '`PT7S` is not a duration'],
    ['1,5s', '`1,5s` is not a duration'],
    ['.5s', '`.5s` is not a duration'],
    ['1e3ms', '`1e3ms` is not a duration'],
    ['s', '`s` is not a duration'],
    ['9999999999h', '`9999999999h` is too long'],
  ])('%j is refused with what to write instead', (text, problem) => {
    expect(parseDuration(text)).toMatchObject({ ok: false, problem, allowed: expect.stringContaining('1m30s') });
  });

  it('reads back what it writes, to the microsecond', () => {
    fc.assert(
      fc.property(fc.oneof(fc.nat(10_000_000), fc.nat(1e12)), (micros) => {
        const ms = micros / 1000;
        expect(parseDuration(formatDuration(ms))).toEqual({ ok: true, value: ms });
      }),
    );
  });

  it('is never read from text that lacks a unit', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!/[hms]$/.test(text));
        expect(parseDuration(text).ok).toBe(false);
      }),
    );
  });

  it.each([
    [0, '0s'],
    [250, '250ms'],
    [2500, '2.5s'],
    [90_000, '1m30s'],
    [3_600_000, '1h'],
    [60_000.001, '1m0.000001s'],
    [-1500, '-1.5s'],
  ])('%d ms is written %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});
