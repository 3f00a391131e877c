/**
 * Requests needed before the percentile `p` (0..1) says anything: one request must be allowed above it, so 1 / (1 - p).
 * 10 for p90, 20 for p95, 100 for p99.
 */
export function samplesForPercentile(p: number): number {
  return p >= 1 ? 1 : ceilClean(1 / (1 - p));
}

/**
 * Requests needed before a share can be told from the limit `share` (0..1): at the limit at least one request must be
 * expected on either side of it, so 1 / min(share, 1 - share). Limits of exactly 0 or 1 need one request.
 */
export function samplesForShare(share: number): number {
  const smaller = Math.min(share, 1 - share);
  return smaller <= 0 ? 1 : ceilClean(1 / smaller);
}

/** 1 / (1 - 0.9) is 10.000000000000002 in floating point. */
function ceilClean(value: number): number {
  return Math.ceil(Number(value.toPrecision(9)));
}
