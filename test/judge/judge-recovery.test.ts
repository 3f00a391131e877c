import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeProbe } from '../../src/judge/judge-probe.ts';
import { type JudgedRecovery, judgeRecovery } from '../../src/judge/judge-recovery.ts';
import { MOST_BUCKETS } from '../../src/judge/recovery-curve.ts';
import { createRecoveryJudge } from '../../src/judge/recovery-judge.ts';
import type { HypothesisProbe } from '../../src/model/hypothesis.ts';
import type { Sample } from '../../src/model/sample.ts';
import { limit, newProbe, newSamples } from '../helpers/probes.ts';

const within = 10_000;
const stable = 2000;
/** Requests in it. */
const STRETCH = 4;
const phases = { baseline: 1000, fault: 2000, recovery: { within, stable } };
const bad: Partial<Sample> = {
  status: 503,
  failed: [{ check: 'body', detail: 'expected body to contain "Reviews", got "no healthy upstream"' }],
};
const badWhile = (isBad: (due: number) => boolean) => (index: number) => (isBad(index * 500) ? bad : {});

/** As the engine does it: rolled back at -100 ms, watched from 0 on. */
function watch(seen: ReadonlyMap<HypothesisProbe, readonly Sample[]>): JudgedRecovery {
  const judge = createRecoveryJudge([...seen.keys()], stable);
  for (const [probe, samples] of seen) judge.add(probe.name, samples);
  const since = judge.stableSince(Number.POSITIVE_INFINITY);
  return judgeRecovery({
    phases,
    rolledBackMs: -100,
    startedMs: 0,
    since: since !== undefined && since <= within ? since : undefined,
    samples: seen,
    baseline: [...seen.keys()].map((probe) => judgeProbe({ probe, phase: 'baseline', samples: newSamples(4) })),
  });
}

const only = (samples: readonly Sample[], probe = newProbe()): JudgedRecovery => watch(new Map([[probe, samples]]));
const outcomes = ({ event }: JudgedRecovery) =>
  event.watch?.probes.map(({ probe, state, recoveryMs, relapses }) => ({ probe, state, recoveryMs, relapses }));

describe('a recovery', () => {
  it('is timed from the rollback, for each probe and for all of them', () => {
    const judged = watch(
      new Map([
        [newProbe({ name: 'api' }), newSamples(24)],
        [
          newProbe({ name: 'page' }),
          newSamples(
            24,
            badWhile((due) => due < 5000),
          ),
        ],
      ]),
    );
    expect(judged.event).toMatchObject({ recovered: true, recoveryMs: 5100, watch: { watchedFromMs: 100 } });
    expect(outcomes(judged)).toEqual([
      { probe: 'api', state: 'recovered', recoveryMs: 100, relapses: 0 },
      { probe: 'page', state: 'recovered', recoveryMs: 5100, relapses: 0 },
    ]);
    expect(judged.results.map((it) => [it.verdict, it.samples])).toEqual([
      ['passed', 4],
      ['passed', 4],
    ]);
  });

  it('that was there when watching began may have been there earlier', () => {
    expect(only(newSamples(6)).event.detail).toContain(
      'after the rollback on, or earlier: it held when watching began',
    );
    expect(
      only(
        newSamples(
          9,
          badWhile((due) => due === 0),
        ),
      ).event.detail,
    ).not.toContain('or earlier');
  });

  it('that did not come says which probe stayed broken, since when, with what, and how it was before', () => {
    const judged = watch(
      new Map([
        [newProbe({ name: 'api' }), newSamples(24)],
        [
          newProbe({ name: 'page' }),
          newSamples(
            24,
            badWhile(() => true),
          ),
        ],
      ]),
    );
    expect(judged.event).toMatchObject({ recovered: false });
    expect(judged.event.detail).toBe(
      "the hypothesis did not hold for 2s in a row, beginning within 10s of the faults' being gone; api held from 100ms after the rollback on",
    );
    expect(outcomes(judged)).toMatchObject([{ state: 'recovered' }, { state: 'broken' }]);
    const [api, page] = judged.results;
    expect(api).toMatchObject({ verdict: 'passed', reasons: [] });
    expect(page?.verdict).toBe('failed');
    expect(page?.reasons).toEqual([
      'still broken 11.6s after the rollback (0 of 24 requests since then were good, none from 100ms on): ' +
        'good requests: expected >= 100%, got 0% (0 of 4); most often (4x) body: expected body to contain "Reviews", got "no healthy upstream"; ' +
        'at the end 0 of 4 good, 503 x 4, p50 10ms, before the fault 4 of 4 good, 200 x 4, p50 10ms',
    ]);
  });

  it('of a system that comes back and breaks again counts only what lasts to the end', () => {
    const judged = only(
      newSamples(
        24,
        badWhile((due) => due >= 4000 && due < 6000),
      ),
    );
    expect(outcomes(judged)).toEqual([{ probe: 'page', state: 'recovered', recoveryMs: 6100, relapses: 1 }]);
  });

  it('that ends in a relapse stays broken', () => {
    const probes = new Map([
      [
        newProbe({ name: 'a' }),
        newSamples(
          24,
          badWhile((due) => due >= 4000),
        ),
      ],
      [
        newProbe({ name: 'b' }),
        newSamples(
          24,
          badWhile((due) => due < 4000),
        ),
      ],
    ]);
    const judged = watch(probes);
    expect(outcomes(judged)).toEqual([
      { probe: 'a', state: 'broken', recoveryMs: undefined, relapses: 1 },
      { probe: 'b', state: 'recovered', recoveryMs: 4100, relapses: 0 },
    ]);
    expect(judged.results[0]?.reasons[0]).toContain('it had held for 2s and broke again 1x');
  });

  it('that begins too late is none', () => {
    const judged = only(
      newSamples(
        30,
        badWhile((due) => due < 10_500),
      ),
    );
    expect(judged.event.recovered).toBe(false);
    expect(judged.results[0]).toMatchObject({
      verdict: 'failed',
      reasons: ['held again only from 10.6s after the rollback on, which is too late'],
    });
  });

  it('is not called failed where our own lateness made the requests slow', () => {
    const tooSlow = { check: 'within', detail: 'expected an answer within 100ms, got it after 410ms' } as const;
    const judged = only(
      newSamples(24, (index) => ({ sent: index * 500 + 400, end: index * 500 + 410, failed: [tooSlow] })),
      newProbe({ expect: { within: 100 } }),
    );
    expect(judged.results[0]?.verdict).toBe('inconclusive');
    expect(outcomes(judged)).toMatchObject([{ state: 'undecided' }]);
  });

  it('is never later for one probe than for all, and a probe is left as its last requests were', () => {
    const goods = fc.array(fc.boolean(), { minLength: 8, maxLength: 40 });
    fc.assert(
      fc.property(goods, goods, (first, second) => {
        const seenBy = (good: readonly boolean[]) => newSamples(good.length, (index) => (good[index] ? {} : bad));
        const judged = watch(
          new Map([
            [newProbe({ name: 'a' }), seenBy(first)],
            [newProbe({ name: 'b' }), seenBy(second)],
          ]),
        );
        const { recovered, recoveryMs: all = 0, watch: seen } = judged.event;
        for (const [index, good] of [first, second].entries()) {
          const own = seen?.probes[index];
          const end = good.slice(-STRETCH);
          if (recovered) expect(own?.state).toBe('recovered');
          else if (end.every(Boolean)) expect(own?.state).not.toBe('broken');
          else expect(own?.state).toBe('broken');
          if (recovered && own?.relapses === 0) expect(own.recoveryMs).toBeLessThanOrEqual(all);
          expect(judged.results[index]?.verdict).toBe(own?.state === 'recovered' ? 'passed' : 'failed');
        }
      }),
    );
  });

  it('may have some bad requests where that is what is asked for', () => {
    const most = newProbe({ expect: { good: limit('>=', 0.75) } });
    const judged = only(
      newSamples(24, (index) => (index < 8 || index % 4 === 0 ? bad : {})),
      most,
    );
    expect(judged.event).toMatchObject({ recovered: true, recoveryMs: 4100 });
    expect(outcomes(judged)).toEqual([{ probe: 'page', state: 'recovered', recoveryMs: 4100, relapses: 0 }]);
  });

  it('leaves a curve of every request that was sent, however long it took', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5_000_000 }), { minLength: 1, maxLength: 80 }), (dues) => {
        const samples = newSamples(dues.length, (index) => ({
          due: dues[index] ?? 0,
          end: (dues[index] ?? 0) + 10 + index,
          ...(index % 3 === 0 && bad),
        }));
        const { watch: seen } = only(samples).event;
        const curve = seen?.probes[0]?.curve ?? [];
        expect(Math.max(...curve.map(({ atMs }) => atMs / (seen?.bucketMs ?? 1)))).toBeLessThan(MOST_BUCKETS);
        expect(curve.reduce((sum, it) => sum + it.samples, 0)).toBe(dues.length);
        expect(curve.reduce((sum, it) => sum + it.good, 0)).toBe(dues.length - Math.ceil(dues.length / 3));
        expect(Math.max(...curve.map(({ max = 0 }) => max))).toBe(9 + dues.length);
      }),
    );
  });

  it('has a curve in buckets of 250 ms as long as that is fine enough', () => {
    const { watch: seen } = only(
      newSamples(
        8,
        badWhile((due) => due < 1000),
      ),
    ).event;
    expect(seen?.bucketMs).toBe(250);
    expect(seen?.probes[0]?.curve.slice(0, 3)).toEqual([
      { atMs: 0, samples: 1, good: 0, p50: 10, max: 10 },
      { atMs: 500, samples: 1, good: 0, p50: 10, max: 10 },
      { atMs: 1000, samples: 1, good: 1, p50: 10, max: 10 },
    ]);
  });
});
