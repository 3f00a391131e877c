import { logGamma } from './binomial.ts';

/**
 * Fisher's exact test: were both counts drawn with one share, the chance that so many or more of all hits fall on the
 * first. A small chance says that its share is the higher one.
 */
export function chanceOfMoreHits(first: Count, second: Count): number {
  const hits = first.hits + second.hits;
  const most = Math.min(first.total, hits);
  const all = logChoose(first.total + second.total, hits);
  let chance = 0;
  for (let onFirst = first.hits; onFirst <= most; onFirst += 1) {
    const term = Math.exp(logChoose(first.total, onFirst) + logChoose(second.total, hits - onFirst) - all);
    chance += term;
    // What follows falls faster than a geometric series once it falls at all.
    if (term < chance * 1e-16) break;
  }
  return Math.min(1, chance);
}

export interface Count {
  readonly hits: number;
  readonly total: number;
}

function logChoose(from: number, number: number): number {
  if (number < 0 || number > from) return Number.NEGATIVE_INFINITY;
  return logGamma(from + 1) - logGamma(number + 1) - logGamma(from - number + 1);
}
