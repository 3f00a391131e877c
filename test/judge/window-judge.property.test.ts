import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../src/judge/decide.ts';
import { isGood } from '../../src/judge/good-request.ts';
import { createWindowJudge } from '../../src/judge/window-judge.ts';
import { LATENCY_STATS, type Expectation, type LatencyStat } from '../../src/model/hypothesis.ts';
import { isDropped, latencyOf, type Flight, type Sample } from '../../src/model/sample.ts';
import { fewestForShare, fewestForStat, type StopWhen } from '../../src/model/stop-condition.ts';
import type { Threshold } from '../../src/model/threshold.ts';

const WINDOW = 300;
const expectation: Expectation = { status: [{ kind: 'exact', status: 200 }], within: 80 };
const SHARE_BELOW: Readonly<Record<LatencyStat, number>> = { min: 0, p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99, max: 1 };

/** All that a judge was given so far. */
interface Seen {
  readonly ended: Sample[];
  readonly open: Map<number, Flight>;
  now: number;
}

type Move = { readonly samples: readonly Sample[]; readonly flights: readonly Flight[] } | { readonly tick: number };

/** Adds everything up again, from the definitions. */
function isTrue(when: StopWhen, minSamples: number | undefined, { ended, open, now }: Seen): boolean {
  const counted = ended.filter((it) => it.end > now - WINDOW && !isDropped(it) && it.straddles !== true);
  const ages = [...open.values()].map((it) => now - it.sent);
  const share = (threshold: Threshold | undefined, hits: number, total: number): boolean =>
    threshold !== undefined &&
    total >= (minSamples ?? fewestForShare(threshold)) &&
    total > 0 &&
    decide(threshold, { low: hits / total, high: hits / total }) === 'holds';
  const overdue = ages.filter((age) => age > 80).length;
  const good = counted.filter((it) => isGood(it, expectation)).length;
  const slow = LATENCY_STATS.some((stat) => {
    const threshold = when.latency?.[stat];
    if (threshold === undefined) return false;
    const floor = threshold.kind === 'range' ? threshold.low : threshold.value;
    const hasFloor = threshold.kind === 'range' || !threshold.op.startsWith('<');
    const measured = counted.filter((it) => it.error === undefined || it.error === 'timeout');
    const low = [...measured.map(latencyOf), ...ages.filter((age) => hasFloor && age > floor)].sort((a, b) => a - b);
    const answered = measured.filter((it) => it.error === undefined).map(latencyOf);
    const high = [...answered.sort((a, b) => a - b)];
    if (low.length < (minSamples ?? fewestForStat(stat))) return false;
    const rank = Math.max(1, Math.ceil(Number((SHARE_BELOW[stat] * low.length).toPrecision(12))));
    return decide(threshold, { low: low[rank - 1]!, high: high[rank - 1] ?? Infinity }) === 'holds';
  });
  return (
    slow ||
    share(when.good, good, counted.length + overdue) ||
    share(when.statuses?.['5xx'], counted.filter((it) => it.status === 503).length, counted.length) ||
    share(when.errors?.timeout, counted.filter((it) => it.error === 'timeout').length, counted.length)
  );
}

const op = fc.constantFrom('<' as const, '<=' as const, '>' as const, '>=' as const, '==' as const);
const threshold = (values: readonly number[]): fc.Arbitrary<Threshold> => {
  const value = fc.constantFrom(...values);
  return fc.oneof(
    fc.record({ kind: fc.constant('compare' as const), op, value, text: fc.constant('limit') }),
    fc.tuple(value, value).map(([a, b]) => ({
      kind: 'range' as const,
      low: Math.min(a, b),
      high: Math.max(a, b),
      text: 'limit',
    })),
  );
};
const share = threshold([0, 0.1, 0.3, 0.5, 0.9, 1]);
const time = threshold([20, 40, 80, 120]);
const when: fc.Arbitrary<StopWhen> = fc.record(
  {
    good: share,
    latency: fc.dictionary(fc.constantFrom(...LATENCY_STATS), time),
    statuses: fc.record({ '5xx': share }),
    errors: fc.record({ timeout: share }),
  },
  { requiredKeys: [] },
);

const request = fc.record({
  takes: fc.constantFrom(5, 20, 40, 41, 80, 119, 120, 400),
  came: fc.constantFrom('200', '503', 'timeout', 'reset', 'dropped', 'cut'),
  pause: fc.integer({ min: 1, max: 60 }),
  told: fc.boolean(),
});

/** Requests that leave one after another and end when they do, told in batches of one, with looks in between. */
function movesOf(requests: readonly (typeof request extends fc.Arbitrary<infer T> ? T : never)[]): readonly Move[] {
  let due = 0;
  const steps: { readonly at: number; readonly move: Move }[] = [];
  for (const { takes, came, pause, told } of requests) {
    due += pause;
    const sample = sampleOf(due, due + takes, came);
    const flight = { due, sent: due };
    if (told && sample.sent !== undefined) steps.push({ at: due, move: { samples: [], flights: [flight] } });
    steps.push({ at: due + takes, move: { samples: [sample], flights: [] } });
    steps.push({ at: due + pause / 2, move: { tick: due + pause / 2 } });
  }
  return steps.sort((a, b) => a.at - b.at).map((it) => it.move);
}

function sampleOf(due: number, end: number, came: string): Sample {
  const sample = { due, sent: due, end };
  const late = end - due > 80 ? [{ check: 'within', detail: 'late' } as const] : [];
  if (came === '200') return { ...sample, status: 200, failed: late };
  if (came === '503') return { ...sample, status: 503, failed: [{ check: 'status', detail: 'bad' }, ...late] };
  if (came === 'dropped') return { due, end };
  if (came === 'cut') return { ...sample, error: 'aborted', straddles: true };
  return { ...sample, error: came === 'timeout' ? 'timeout' : 'reset' };
}

describe('the window judge', () => {
  it('says at every moment what adding everything up again says', () => {
    fc.assert(
      fc.property(
        when,
        fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined }),
        fc.array(request, { minLength: 1, maxLength: 60 }),
        (when, minSamples, requests) => {
          const judge = createWindowJudge({ window: WINDOW, when, minSamples }, expectation);
          const seen: Seen = { ended: [], open: new Map(), now: Number.NEGATIVE_INFINITY };
          for (const move of movesOf(requests)) {
            if ('tick' in move) {
              seen.now = Math.max(seen.now, move.tick);
              expect(judge.tick(move.tick) !== undefined).toBe(isTrue(when, minSamples, seen));
              continue;
            }
            judge.sent(move.flights);
            for (const it of move.flights) seen.open.set(it.due, it);
            for (const sample of move.samples) {
              seen.open.delete(sample.due);
              seen.ended.push(sample);
              const breach = judge.add([sample]);
              if (isDropped(sample) || sample.straddles === true) continue;
              seen.now = Math.max(seen.now, sample.end);
              expect(breach !== undefined).toBe(isTrue(when, minSamples, seen));
            }
          }
        },
      ),
      { numRuns: 1500, seed: 4 },
    );
  });

  it('does not slow down as its window grows', () => {
    const perSample = (window: number): number => {
      const judge = createWindowJudge(
        {
          window,
          when: { good: { kind: 'compare', op: '<', value: 0.01, text: '' }, latency: { p99: limitOf(5000) } },
        },
        expectation,
      );
      const samples = Array.from({ length: 60_000 }, (_, index) => sampleOf(index, index + 10, '200'));
      const started = performance.now();
      judge.add(samples);
      return (performance.now() - started) / samples.length;
    };
    perSample(1000);
    // A scan of the window would make it a thousand times slower; a busy machine does not.
    expect(perSample(50_000)).toBeLessThan(20 * perSample(50) + 0.02);
  });
});

function limitOf(value: number): Threshold {
  return { kind: 'compare', op: '>', value, text: '' };
}
