import { createHistogram } from 'node:perf_hooks';
import { nearestRank, rankOf } from './nearest-rank.ts';

/** Latencies of one probe: exact up to a limit, beyond it a histogram of three significant digits. */
export interface LatencyStore {
  /** Adds one latency in milliseconds. */
  record(latency: number): void;
  readonly count: number;
  /** The nearest-rank quantile, 0 < p <= 1, in milliseconds; NaN when nothing was recorded. */
  quantile(p: number): number;
  min(): number;
  max(): number;
}

/** Eight megabytes of numbers; sorting them takes about 80 ms. */
const EXACT_LIMIT = 1_000_000;

/** An empty store; `exactLimit` is how many latencies are kept as they are. */
export function createLatencyStore(exactLimit = EXACT_LIMIT): LatencyStore {
  const exact = createExactStore();
  let coarse: LatencyStore | undefined;
  const current = (): LatencyStore => coarse ?? exact;
  return {
    record(latency) {
      if (coarse === undefined && exact.count >= exactLimit) {
        coarse = createCoarseStore();
        exact.forEach(coarse.record);
        exact.clear();
      }
      current().record(latency);
    },
    get count() {
      return current().count;
    },
    quantile: (p) => current().quantile(p),
    min: () => current().min(),
    max: () => current().max(),
  };
}

function createExactStore(): LatencyStore & { forEach(visit: (latency: number) => void): void; clear(): void } {
  let values = new Float64Array(1024);
  let count = 0;
  let sorted = true;
  const inOrder = (): Float64Array => {
    const used = values.subarray(0, count);
    if (!sorted) used.sort();
    sorted = true;
    return used;
  };
  return {
    record(latency) {
      if (count === values.length) {
        const larger = new Float64Array(values.length * 2);
        larger.set(values);
        values = larger;
      }
      values[count++] = latency;
      sorted = false;
    },
    get count() {
      return count;
    },
    quantile: (p) => nearestRank(inOrder(), p),
    min: () => inOrder()[0] ?? Number.NaN,
    max: () => inOrder()[count - 1] ?? Number.NaN,
    forEach: (visit) => values.subarray(0, count).forEach(visit),
    clear() {
      values = new Float64Array(0);
      count = 0;
    },
  };
}

/** The histogram counts whole numbers from 1, so it is kept in microseconds. */
function createCoarseStore(): LatencyStore {
  const histogram = createHistogram();
  // HdrHistogram rounds the rank where nearest-rank takes the next whole one: ask for a share that is one.
  const at = (p: number): number => histogram.percentile((rankOf(p, histogram.count) / histogram.count) * 100);
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  return {
    record(latency) {
      min = Math.min(min, latency);
      max = Math.max(max, latency);
      histogram.record(Math.max(1, Math.round(latency * 1000)));
    },
    get count() {
      return histogram.count;
    },
    quantile: (p) => Math.min(max, Math.max(min, at(p) / 1000)),
    min: () => min,
    max: () => max,
  };
}
