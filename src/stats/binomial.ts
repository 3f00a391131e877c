/** The chance of `hits` or more among `total` requests of which each is a hit with chance `share`. */
export function chanceOfAtLeast(hits: number, total: number, share: number): number {
  if (hits <= 0) return 1;
  return hits > total ? 0 : regularizedBeta(share, hits, total - hits + 1);
}

/** The chance of `hits` or fewer among `total` requests of which each is a hit with chance `share`. */
export function chanceOfAtMost(hits: number, total: number, share: number): number {
  return chanceOfAtLeast(total - hits, total, 1 - share);
}

/**
 * The exact (Clopper-Pearson) interval of a share from what was counted: it misses the true share with a chance of at
 * most 1 - confidence, half of it at either end.
 */
export function shareInterval(hits: number, total: number, confidence: number): readonly [low: number, high: number] {
  const miss = (1 - confidence) / 2;
  return [lowerBound(hits, total, miss), upperBound(hits, total, miss)];
}

/** The share below which so many hits would come with a chance under `miss`; 0 without a hit. */
export function lowerBound(hits: number, total: number, miss: number): number {
  return hits === 0 ? 0 : solve((share) => chanceOfAtLeast(hits, total, share) > miss);
}

/** The share above which so few hits would come with a chance under `miss`; 1 when all are hits. */
export function upperBound(hits: number, total: number, miss: number): number {
  return 1 - lowerBound(total - hits, total, miss);
}

/** The point of 0..1 from which on a condition is true, to twelve digits. */
function solve(isTrue: (share: number) => boolean): number {
  let low = 0;
  let high = 1;
  for (let middle = 0.5; high - low > 1e-13; middle = (low + high) / 2) {
    if (isTrue(middle)) high = middle;
    else low = middle;
  }
  return low;
}

/** I_x(a, b), by the continued fraction on the side where it converges quickly. DLMF 8.17.22. */
function regularizedBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b));
  return x < (a + 1) / (a + b + 2) ? (front * fraction(x, a, b)) / a : 1 - (front * fraction(1 - x, b, a)) / b;
}

/** It takes about as many steps as the root of the larger parameter. */
const MOST_STEPS = 100_000;

/** The continued fraction of the incomplete beta function, by the modified Lentz algorithm. */
function fraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m < MOST_STEPS; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    value *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    value *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return value;
}

/** A denominator of zero would end the fraction. */
function away(value: number): number {
  return Math.abs(value) < 1e-300 ? 1e-300 : value;
}

/** ln of the gamma function for x >= 1: Stirling's series (DLMF 5.11.1), reached by the recurrence where x is small. */
export function logGamma(x: number): number {
  let shift = 0;
  let at = x;
  for (; at < 16; at += 1) shift += Math.log(at);
  const inverse = 1 / at;
  const square = inverse * inverse;
  const series = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188))));
  return (at - 0.5) * Math.log(at) - at + 0.5 * Math.log(2 * Math.PI) + series - shift;
}
