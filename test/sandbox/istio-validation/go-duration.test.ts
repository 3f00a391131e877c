import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseGoDuration } from '../../../src/sandbox/istio-validation/go-duration.ts';

describe("a duration of Go's", () => {
  it('is read from its parts', () => {
    const parts = fc.record({ h: fc.nat(999), m: fc.nat(999), s: fc.nat(999), ms: fc.nat(999), ns: fc.nat(999) });
    fc.assert(
      fc.property(parts, ({ h, m, s, ms, ns }) => {
        const nanoseconds = BigInt(ns) + 1_000_000n * BigInt(ms + 1000 * (s + 60 * (m + 60 * h)));
        expect(parseGoDuration(`${h}h${m}m${s}s${ms}ms${ns}ns`)).toBe(nanoseconds);
        expect(parseGoDuration(`-${h}h${m}m${s}.${String(ms).padStart(3, '0')}s${ns}ns`)).toBe(-nanoseconds);
      }),
    );
  });

  it.each(['', '7', '7 s', '7sec', 's', '.s', '1d', '--1s', '1s 2s'])('is not %j', (text) => {
    expect(parseGoDuration(text)).toBeUndefined();
  });

  it.each([
    ['0', 0n],
    ['0s', 0n],
    ['.5s', 500_000_000n],
    ['1.s', 1_000_000_000n],
    ['1.5ms', 1_500_000n],
    ['+1us', 1000n],
  ])('may be %s', (text, nanoseconds) => {
    expect(parseGoDuration(text)).toBe(nanoseconds);
  });
});
