import { chanceOfAtLeast, chanceOfAtMost } from './binomial.ts';

/** Nobody waits for more. */
const MOST = 10_000_000;

/**
 * The fewest requests after which `share` of them or more are shown to be hits when all but `misses` were; `miss` is the
 * chance of saying so wrongly. Exact. 299 for 99 % with none missed, at a chance of 5 %.
 */
export function samplesToShow(share: number, misses: number, miss: number): number {
  return firstFrom(misses + 1, (total) => chanceOfAtMost(misses, total, 1 - share) <= miss) ?? Number.POSITIVE_INFINITY;
}

/**
 * About how many requests decide whether `limit` or more of them are hits, should the share stay as it was seen; exact
 * where all or none were hits. Undefined where it stays undecided however many there are.
 */
export function samplesToDecide(hits: number, total: number, limit: number, miss: number): number | undefined {
  const seen = hits / total;
  if (seen === limit) return undefined;
  return firstFrom(total + 1, (size) => {
    const count = Math.round(seen * size);
    return seen > limit ? chanceOfAtLeast(count, size, limit) <= miss : chanceOfAtMost(count, size, limit) <= miss;
  });
}

/** The first whole number from `start` on for which a condition is true that, once true, stays so (or nearly). */
function firstFrom(start: number, isTrue: (value: number) => boolean): number | undefined {
  let low = start - 1;
  let high = start;
  while (!isTrue(high)) {
    if (high > MOST) return undefined;
    low = high;
    high *= 2;
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isTrue(middle)) high = middle;
    else low = middle;
  }
  return high;
}
