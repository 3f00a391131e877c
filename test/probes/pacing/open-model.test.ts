import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { paceOpen } from '../../../src/probes/pacing/open-model.ts';

/** A clock of its own that timers follow, so that a stall is a jump. */
describe('the open model', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
  afterEach(() => vi.useRealTimers());

  function pacing(perSecond: number, end = Number.POSITIVE_INFINITY) {
    const fired: { readonly due: number; readonly at: number }[] = [];
    const start = performance.now();
    const now = (): number => performance.now() - start;
    const pacer = paceOpen({ perSecond, start: 0, end, now, fire: (due) => fired.push({ due, at: now() }) });
    return { fired, pacer };
  }

  it('plans the n-th request at n / rate, without drift, and never before', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.2, max: 2000, noNaN: true }),
        fc.integer({ min: 0, max: 3000 }),
        (rate, length) => {
          const { fired, pacer } = pacing(rate);
          vi.advanceTimersByTime(length);
          pacer.stop();
          expect(fired.map(({ due }) => due)).toEqual(fired.map((_, index) => (index * 1000) / rate));
          expect((fired.length * 1000) / rate).toBeGreaterThan(length);
          for (const { due, at } of fired) expect(at).toBeGreaterThanOrEqual(due);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('is never more than the timer late while nothing stalls', () => {
    const { fired, pacer } = pacing(330);
    vi.advanceTimersByTime(1000);
    pacer.stop();
    expect(Math.max(...fired.map(({ due, at }) => at - due))).toBeLessThanOrEqual(2);
  });

  it('catches up after a stall, keeping the due times', () => {
    const { fired, pacer } = pacing(100);
    vi.advanceTimersByTime(100);
    const stalled = performance.now() + 500;
    vi.spyOn(performance, 'now').mockReturnValue(stalled);
    vi.advanceTimersToNextTimer();
    expect(fired).toHaveLength(61);
    expect(fired.at(20)).toMatchObject({ due: 200, at: 600 });
    pacer.stop();
    vi.restoreAllMocks();
  });

  it('sends what was due when stopped, and nothing after', () => {
    const { fired, pacer } = pacing(10);
    vi.advanceTimersByTime(250);
    pacer.stop();
    vi.advanceTimersByTime(1000);
    expect(fired.map(({ due }) => due)).toEqual([0, 100, 200]);
  });

  it('plans nothing at its end or later', () => {
    const { fired } = pacing(10, 300);
    vi.advanceTimersByTime(1000);
    expect(fired.map(({ due }) => due)).toEqual([0, 100, 200]);
  });
});
