import type { Threshold } from '../model/threshold.ts';
import { chanceOfAtLeast, chanceOfAtMost } from '../stats/binomial.ts';
import type { Decision } from './decide.ts';

/** "At least this share of requests are hits", 0 < share < 1, and what was counted. */
export interface Claim {
  readonly share: number;
  /** Requests that are hits for certain. */
  readonly hits: number;
  /** Requests that may be hits: more than `hits` where some cannot be told. */
  readonly possibleHits: number;
  readonly total: number;
}

export type Comparison = Extract<Threshold, { readonly kind: 'compare' }>;

/** The one or two one-sided limits that a threshold is made of. */
export function sidesOf(threshold: Threshold): readonly Comparison[] {
  if (threshold.kind === 'range') {
    return [side('>=', threshold.low, threshold.text), side('<=', threshold.high, threshold.text)];
  }
  if (threshold.op !== '==') return [threshold];
  return [side('>=', threshold.value, threshold.text), side('<=', threshold.value, threshold.text)];
}

/** The claim of a limit on a share: that at most 5 % are hits says that at least 95 % are none. */
export function claimOf({ op, value }: Comparison, counted: Omit<Claim, 'share'>): Claim {
  if (op === '>' || op === '>=') return { ...counted, share: value };
  const { hits, possibleHits, total } = counted;
  return { share: 1 - value, hits: total - possibleHits, possibleHits: total - hits, total };
}

/**
 * Whether all claims are shown to hold, some is shown to be broken, or neither. `miss` is the highest chance of a wrong
 * answer: that they hold when one does not, or that one is broken when they all hold.
 */
export function decideClaims(claims: readonly Claim[], miss: number): Decision {
  if (claims.some((claim) => isBroken(claim, miss / claims.length))) return 'broken';
  return claims.every((claim) => isShown(claim, miss)) ? 'holds' : 'open';
}

/** Fewer requests than this much chance would make are hits, if the claim held. */
function isBroken({ possibleHits, total, share }: Claim, miss: number): boolean {
  return chanceOfAtMost(possibleHits, total, share) <= miss;
}

/** More requests than this much chance would make are hits, if the claim did not hold. */
export function isShown({ hits, total, share }: Claim, miss: number): boolean {
  return chanceOfAtLeast(hits, total, share) <= miss;
}

/** Whether it would be decided, one way or the other, if it were known of each request whether it is a hit. */
export function hangsOnUnknown(claim: Claim, miss: number): boolean {
  const { hits, possibleHits } = claim;
  if (hits === possibleHits) return false;
  return isShown({ ...claim, hits: possibleHits }, miss) || isBroken({ ...claim, possibleHits: hits }, miss);
}

function side(op: '>=' | '<=', value: number, text: string): Comparison {
  return { kind: 'compare', op, value, text };
}
