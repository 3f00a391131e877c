/** The nearest-rank quantile of ascending values: the smallest one that at least the share `p` of them do not exceed. */
export function nearestRank(ascending: ArrayLike<number>, p: number): number {
  const rank = Math.ceil(roundedProduct(p, ascending.length));
  return ascending[Math.max(1, rank) - 1] ?? Number.NaN;
}

/** 0.07 * 100 is 7.000000000000001 in floating point, which would move the rank by one. */
function roundedProduct(p: number, count: number): number {
  return Number((p * count).toPrecision(12));
}
