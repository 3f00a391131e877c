import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRecoveryJudge } from '../../src/judge/recovery-judge.ts';
import type { Sample } from '../../src/model/sample.ts';
import { limit, newProbe, newSamples } from '../helpers/probes.ts';

const STABLE = 3000;
const bad: Partial<Sample> = { failed: [{ check: 'status', detail: 'expected 200, got 503' }] };
const badUntil = (instant: number) => (index: number) => (index * 500 < instant ? bad : {});

describe('recovery', () => {
  it('starts with the first request of a stretch in which all hold', () => {
    const judge = createRecoveryJudge([newProbe()], STABLE);
    judge.add('page', newSamples(20, badUntil(2000)));
    expect(judge.stableSince(9500)).toBe(2000);
    expect(judge.stretch('page', 2000).map((sample) => sample.due)).toEqual([2000, 2500, 3000, 3500, 4000, 4500]);
  });

  it('is not known before the stretch is over', () => {
    const judge = createRecoveryJudge([newProbe()], STABLE);
    judge.add('page', newSamples(6));
    expect(judge.stableSince(2990)).toBeUndefined();
    expect(judge.stableSince(3000)).toBe(0);
  });

  it('is not known while a request of the stretch is under way', () => {
    const judge = createRecoveryJudge([newProbe()], STABLE);
    const samples = newSamples(8);
    judge.add(
      'page',
      samples.filter((_, index) => index !== 2),
    );
    expect(judge.stableSince(4000)).toBeUndefined();
    judge.add('page', samples.slice(2, 3));
    expect(judge.stableSince(4000)).toBe(0);
  });

  it('begins anew after each bad request', () => {
    const judge = createRecoveryJudge([newProbe()], STABLE);
    judge.add(
      'page',
      newSamples(20, (index) => (index === 4 || index === 8 ? bad : {})),
    );
    expect(judge.stableSince(10_000)).toBe(4500);
  });

  it('needs every probe at once', () => {
    const judge = createRecoveryJudge([newProbe({ name: 'a' }), newProbe({ name: 'b' })], STABLE);
    judge.add(
      'a',
      newSamples(40, (index) => (index === 10 ? bad : {})),
    );
    judge.add('b', newSamples(40, badUntil(3000)));
    expect(judge.stableSince(20_000)).toBe(5500);
  });

  it('asks only the probes that take part', () => {
    const judge = createRecoveryJudge([newProbe({ name: 'a' }), newProbe({ name: 'b', during: ['fault'] })], STABLE);
    judge.add('a', newSamples(10));
    expect(judge.stableSince(5000)).toBe(0);
  });

  it('waits for limits over the stretch where single requests may be bad', () => {
    const expectation = { good: limit('>=', 0.5), latency: { p50: limit('<', 100) } };
    const judge = createRecoveryJudge([newProbe({ expect: expectation })], STABLE);
    judge.add(
      'page',
      newSamples(20, (index) => (index < 8 ? { end: index * 500 + 400 } : index === 10 ? bad : {})),
    );
    // Of the six requests due from 2.5 s on, three are quick; of those from 2 s on, only two.
    expect(judge.stableSince(10_000)).toBe(2500);
  });

  it('judges a probe rarer than the stretch by one request', () => {
    const rare = newProbe({ pacing: { kind: 'open', perSecond: 0.2, maxInFlight: 10 } });
    const judge = createRecoveryJudge([rare], STABLE);
    judge.add(
      'page',
      newSamples(2, (index) => ({ due: index * 5000, end: index * 5000 + 10, ...(index === 0 && bad) })),
    );
    expect(judge.stableSince(7000)).toBeUndefined();
    expect(judge.stableSince(8000)).toBe(5000);
  });

  it('knows when no stretch can begin in time any more', () => {
    const judge = createRecoveryJudge([newProbe()], STABLE);
    judge.add(
      'page',
      newSamples(10, () => bad),
    );
    expect(judge.isRefuted(4000)).toBe(false);
    judge.stableSince(5000);
    expect(judge.isRefuted(4000)).toBe(true);
    expect(judge.isRefuted(5000)).toBe(false);
  });

  it('asks a whole burst of a closed probe', () => {
    const burst = newProbe({ pacing: { kind: 'closed', concurrency: 2, requests: 4 } });
    const judge = createRecoveryJudge([burst], STABLE);
    const samples = newSamples(8, (index) => ({ due: index * 10, ...(index === 2 && bad) }));
    judge.add('page', samples.slice(0, 6));
    expect(judge.stableSince(5000)).toBeUndefined();
    judge.add('page', samples.slice(6));
    expect(judge.stableSince(5000)).toBe(30);
  });

  it('never comes when no probe looks', () => {
    expect(createRecoveryJudge([newProbe({ during: ['fault'] })], STABLE).stableSince(1e6)).toBeUndefined();
  });

  it('does not depend on how the samples were batched, and starts where a plain search finds it', () => {
    const goods = fc.array(fc.boolean(), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(goods, fc.integer({ min: 1, max: 10 }), (good, size) => {
        const samples = newSamples(good.length, (index) => (good[index] ? {} : bad));
        const judge = createRecoveryJudge([newProbe()], STABLE);
        let found: number | undefined;
        for (let start = 0; start < samples.length && found === undefined; start += size) {
          const batch = samples.slice(start, start + size);
          judge.add('page', batch);
          found = judge.stableSince((batch.at(-1)?.due ?? 0) + 500);
        }
        const first = good.findIndex(
          (_, index) => good.length >= index + 6 && good.slice(index, index + 6).every(Boolean),
        );
        expect(found).toBe(first === -1 ? undefined : first * 500);
      }),
    );
  });
});
