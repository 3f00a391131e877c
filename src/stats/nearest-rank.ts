/** The nearest-rank quantile of ascending values: the smallest one that at least the share `p` of them do not exceed. */
export function nearestRank(ascending: ArrayLike<number>, p: number): number {
  return ascending[rankOf(p, ascending.length) - 1] ?? Number.NaN;
}

/** The rank, counted from 1, of the quantile `p` among `count` values. */
export function rankOf(p: number, count: number): number {
  // 0.07 * 100 is 7.000000000000001 in floating point, which would move the rank by one.
  return Math.max(1, Math.ceil(Number((p * count).toPrecision(12))));
}
