import { isShown, sidesOf, type Comparison } from '../judge/claim.ts';
import type { Threshold } from '../model/threshold.ts';
import { samplesToShow } from '../stats/samples-needed.ts';

/** Nobody makes more. */
const MOST = 1_000_000;

/**
 * The fewest requests that can show a share to keep its limit under the fault, however they turn out: 1 where the limit
 * speaks of every request, undefined where no number shows it.
 */
export function requestsForShare(threshold: Threshold, confidence: number): number | undefined {
  const miss = 1 - confidence;
  const sides = sidesOf(threshold)
    .map((side) => ({ isUpper: isUpper(side), share: isUpper(side) ? 1 - side.value : side.value }))
    .filter(({ share }) => share > 0 && share < 1);
  const [one, other] = sides;
  if (one === undefined) return 1;
  if (other === undefined) return samplesToShow(one.share, 0, miss);
  // So many have to be hits, so many have to be none, and none is both.
  return firstFrom((total) => fewestHits(one.share, total, miss) + fewestHits(other.share, total, miss) <= total);
}

/** The same for a percentile `p` (0..1): a lower and an upper limit on it can be kept by the same requests. */
export function requestsForPercentile(p: number, threshold: Threshold, confidence: number): number {
  const needed = sidesOf(threshold)
    .map((side) => (isUpper(side) ? p : 1 - p))
    .map((share) => (share > 0 && share < 1 ? samplesToShow(share, 0, 1 - confidence) : 1));
  return Math.max(...needed);
}

function isUpper({ op }: Comparison): boolean {
  return op === '<' || op === '<=';
}

/** The fewest hits among `total` that show a share; more than `total` when not even all of them do. */
function fewestHits(share: number, total: number, miss: number): number {
  let [low, high] = [0, total + 1];
  while (low < high) {
    const hits = Math.floor((low + high) / 2);
    if (isShown({ share, hits, possibleHits: hits, total }, miss)) high = hits;
    else low = hits + 1;
  }
  return low;
}

/** The first number from which on something is true (or nearly so: hits are whole). */
function firstFrom(isTrue: (value: number) => boolean): number | undefined {
  let [low, high] = [0, 1];
  for (; !isTrue(high); high *= 2) {
    if (high > MOST) return undefined;
    low = high;
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isTrue(middle)) high = middle;
    else low = middle;
  }
  return high;
}
