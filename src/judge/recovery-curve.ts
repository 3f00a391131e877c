import type { Millis } from '../model/clock.ts';
import type { Expectation } from '../model/hypothesis.ts';
import type { RecoveryBucket } from '../model/recovery.ts';
import type { Sample } from '../model/sample.ts';
import { statOf } from './judge-latency.ts';
import { tally } from './tally.ts';

/** A curve has no more buckets than this, however long the recovery took. */
export const MOST_BUCKETS = 240;
const WIDTHS: readonly Millis[] = [250, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000];

/** The least width of buckets at which so long a time needs no more of them than a curve may have. */
export function bucketWidth(span: Millis): Millis {
  const width = WIDTHS.find((it) => span < it * MOST_BUCKETS);
  return width ?? Math.ceil((span + 1) / MOST_BUCKETS);
}

/** How good and how slow requests were, by when they were due after `zero`; buckets without requests are left out. */
export function recoveryCurve(
  samples: readonly Sample[],
  expect: Expectation,
  zero: Millis,
  width: Millis,
): readonly RecoveryBucket[] {
  const buckets = new Map<number, Sample[]>();
  for (const sample of samples) {
    const index = Math.max(0, Math.floor((sample.due - zero) / width));
    const bucket = buckets.get(index);
    if (bucket === undefined) buckets.set(index, [sample]);
    else bucket.push(sample);
  }
  return [...buckets]
    .sort(([a], [b]) => a - b)
    .map(([index, inside]) => bucketOf(index * width, inside, expect))
    .filter((it) => it.samples > 0);
}

function bucketOf(atMs: Millis, samples: readonly Sample[], expect: Expectation): RecoveryBucket {
  const { judged, good, atLeast } = tally(samples, expect);
  const latency = atLeast.count > 0 && { p50: statOf(atLeast, 'p50'), max: statOf(atLeast, 'max') };
  return { atMs, samples: judged.length, good, ...latency };
}
