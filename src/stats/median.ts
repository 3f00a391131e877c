import { nearestRank } from './nearest-rank.ts';

/** The middle value (nearest rank); undefined for an empty list. */
export function median(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : nearestRank(Float64Array.from(values).sort(), 0.5);
}
