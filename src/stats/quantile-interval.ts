import { chanceOfAtLeast, chanceOfAtMost } from './binomial.ts';

/**
 * Ranks (from 1) of the measured values between which the true quantile `p` lies, whatever the distribution: it is
 * missed with a chance of at most 1 - confidence, half of it at either end. Undefined: so few values give no bound there.
 */
export function quantileRanks(
  p: number,
  count: number,
  confidence: number,
): readonly [low: number | undefined, high: number | undefined] {
  const miss = (1 - confidence) / 2;
  // The value of rank r is above the quantile when fewer than r values are at or below it.
  const low = lastTrue(count, (rank) => chanceOfAtMost(rank - 1, count, p) <= miss);
  const high = lastTrue(count, (rank) => chanceOfAtLeast(rank, count, p) > miss) + 1;
  return [low === 0 ? undefined : low, high > count ? undefined : high];
}

/** The last number of 1..count up to which a condition is true; 0 when it never is. */
function lastTrue(count: number, isTrue: (rank: number) => boolean): number {
  let low = 0;
  let high = count + 1;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isTrue(middle)) low = middle;
    else high = middle;
  }
  return low;
}
