import type { Share } from './route-table.ts';

/** All requests. */
export const ALWAYS: Share = 1_000_000;

/** A percentage as Istio hands it to Envoy: whole parts of a million, cut off, so below 0.0001 % is nothing. */
export function shareOf(percent: number | undefined): Share {
  return Math.min(ALWAYS, Math.max(0, Math.trunc((percent ?? 0) * 10_000)));
}
