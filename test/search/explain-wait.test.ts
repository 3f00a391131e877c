import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CliffPoint } from '../../src/model/conclusion.ts';
import { describeWait } from '../../src/search/describe-wait.ts';
import { explainWait } from '../../src/search/explain-wait.ts';
import { type Caller, pageTime, searchWith, simulatedPoint } from '../helpers/simulated-caller.ts';

const RANGE = { from: 100, to: 10_000, precision: 100 };

function searched(caller: Caller, noise: (nth: number) => number = () => 0): readonly CliffPoint[] {
  return searchWith(RANGE, (delay, points) =>
    simulatedPoint(
      delay,
      delay + 2 < caller.timeout ? 'holds' : 'fails',
      pageTime(caller, delay),
      noise(points.length),
    ),
  );
}

const aTimeout = fc.integer({ min: 800, max: 7000 });
const noises = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 60, maxLength: 60 });

describe('what the times of a probe say about who gives up', () => {
  it('names the timeout and the attempts of any caller that tries again at once', () => {
    fc.assert(
      fc.property(aTimeout, fc.integer({ min: 1, max: 3 }), noises, (timeout, attempts, noise) => {
        const wait = explainWait(
          'page',
          searched({ timeout, attempts, pause: 0 }, (nth) => noise[nth] ?? 0),
        );
        expect(wait?.attempts).toBe(attempts);
        expect(wait?.rest).toBeUndefined();
        expect(wait!.timeout.low).toBeLessThanOrEqual(timeout);
        expect(wait!.timeout.high).toBeGreaterThanOrEqual(timeout);
        expect(wait!.timeout.high - wait!.timeout.low).toBeLessThanOrEqual(2 * wait!.tolerance + 0.01);
      }),
      { numRuns: 300, seed: 4 },
    );
  });

  it('names them, and the pauses beside, where pauses show', () => {
    fc.assert(
      fc.property(
        aTimeout,
        fc.constantFrom(2, 3),
        fc.double({ min: 0.3, max: 0.6, noNaN: true }),
        noises,
        (timeout, attempts, share, noise) => {
          // The pauses together are a part of one attempt that can be told from none and from a whole one.
          const pause = Math.round((share * timeout) / (attempts - 1));
          const wait = explainWait(
            'page',
            searched({ timeout, attempts, pause }, (nth) => noise[nth] ?? 0),
          );
          const pauses = (attempts - 1) * pause;
          // Pauses as short as times are off, or as long as one attempt more, cannot be told.
          fc.pre(pauses > wait!.tolerance + attempts * 120);
          fc.pre((attempts * timeout + pauses + 2 * wait!.tolerance) / (attempts + 1) < timeout - 100);
          expect(wait?.attempts).toBe(attempts);
          expect(Math.abs(wait!.rest! - pauses)).toBeLessThan(wait!.tolerance + attempts * 100);
          expect([wait!.timeout.low <= timeout + 2, wait!.timeout.high >= timeout - 2]).toEqual([true, true]);
        },
      ),
      { numRuns: 300, seed: 4 },
    );
  });

  it('says nothing where answers go on following the delay, or are spared by it', () => {
    const never = { timeout: 60_000, attempts: 1, pause: 0 };
    expect(explainWait('page', searched(never))).toBeUndefined();
    const spared = searchWith(RANGE, (delay) => simulatedPoint(delay, 'holds', 12));
    expect(explainWait('page', spared)).toBeUndefined();
  });

  it('never names a wait in times that have nothing to do with the delay', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 12, max: 20_000 }), { minLength: 60, maxLength: 60 }), (times) => {
        const points = searchWith(RANGE, (delay, { length }) => simulatedPoint(delay, 'holds', times[length] ?? 12));
        expect(explainWait('page', points)?.attempts).toBeUndefined();
      }),
      { numRuns: 300, seed: 4 },
    );
  });

  it('does not say how often where the bounds leave several numbers', () => {
    const at = (delay: number) =>
      simulatedPoint(delay, 'holds', pageTime({ timeout: 1000, attempts: 4, pause: 0 }, delay));
    const wait = explainWait('page', [400, 800, 5000, 8000].map(at));
    expect(wait).toMatchObject({ timeout: { low: 800 } });
    expect(wait?.attempts).toBeUndefined();
    expect(describeWait(wait!)).toContain('gives up between 800 ms and 5.0 s; the times do not say how often');
  });

  it('says nothing by one late answer only, or by two at nearly the same delay', () => {
    const at = (delay: number) =>
      simulatedPoint(delay, 'holds', pageTime({ timeout: 3000, attempts: 2, pause: 0 }, delay));
    expect(explainWait('page', [1000, 2900, 3000].map(at))).toBeUndefined();
    expect(explainWait('page', [1000, 2900, 3000, 3100].map(at))).toBeUndefined();
    expect(explainWait('page', [1000, 2900, 3000, 3500].map(at))?.attempts).toBe(2);
  });

  it('takes no time from requests of ours that were cut off', () => {
    const points = searched({ timeout: 3000, attempts: 2, pause: 0 }).map((point) => ({
      ...point,
      probes: point.probes.map((it) => ({ ...it, ...(point.delay >= 3000 && { errors: { timeout: 5 } }) })),
    }));
    expect(explainWait('page', points)).toBeUndefined();
  });

  it('finds who gives up although the hypothesis holds, as reviews v3 does after 2.5 s', () => {
    const v3 = { timeout: 2500, attempts: 1, pause: 0 };
    const points = searchWith(RANGE, (delay) => simulatedPoint(delay, 'holds', pageTime(v3, delay)));
    const wait = explainWait('page', points);
    expect(wait).toMatchObject({ attempts: 1, follows: { upTo: 2400 }, plateau: { from: 2500 } });
    expect(describeWait(wait!)).toContain('somebody on the way gives up after 2.5 s, once');
  });
});
