import { chanceOfAtLeast, chanceOfAtMost } from './binomial.ts';

/**
 * Whether the `p` quantile behind one sample is shown to be higher than that behind another; said wrongly with a chance
 * of at most `miss`, whatever the distributions. Both ascending: of the first what each value is at least, of the second
 * what it is at most.
 *
 * Were there a value that both quantiles could be, then hardly ever would both so few of the first be at or below it and
 * so many of the second be below it: the two chances are independent and combined by Fisher's method. It is shown when
 * no value is left that could be both.
 */
export function isQuantileHigher(
  p: number,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  miss: number,
): boolean {
  if (first.length === 0 || second.length === 0) return false;
  const least = leastProduct(miss);
  // Nothing lower is possible with so few of the first below it, however many of the second are.
  let atOrBelow = firstPossible(p, first.length, least);
  for (;;) {
    const value = atOrBelow === 0 ? Number.NEGATIVE_INFINITY : (first[atOrBelow - 1] ?? Number.POSITIVE_INFINITY);
    atOrBelow = countWhile(first, (it) => it <= value);
    const faster = chanceOfAtLeast(
      countWhile(second, (it) => it < value),
      second.length,
      p,
    );
    if (faster <= least) return true;
    if (combined(chanceOfAtMost(atOrBelow, first.length, p) * faster) > miss) return false;
    if (atOrBelow >= first.length) return true;
    atOrBelow += 1;
  }
}

/** The chance that two independent chances multiply to so little or less (Fisher's method for two). */
function combined(product: number): number {
  return product <= 0 ? 0 : product * (1 - Math.log(product));
}

/** The product of two chances at which they are combined to `miss`. */
function leastProduct(miss: number): number {
  let low = 0;
  let high = miss;
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (combined(middle) > miss) high = middle;
    else low = middle;
  }
  return low;
}

/** The fewest of `total` at or below a quantile that come with a chance above `least`. */
function firstPossible(p: number, total: number, least: number): number {
  let low = -1;
  let high = total;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (chanceOfAtMost(middle, total, p) > least) high = middle;
    else low = middle;
  }
  return high;
}

function countWhile(ascending: ArrayLike<number>, isTrue: (value: number) => boolean): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isTrue(ascending[middle] ?? Number.NaN)) low = middle + 1;
    else high = middle;
  }
  return low;
}
