import type { Pacing } from '../model/hypothesis.ts';
import { lowerBound, upperBound } from '../stats/binomial.ts';
import { samplesToDecide } from '../stats/samples-needed.ts';
import { plural } from '../util/plural.ts';
import type { Claim } from './claim.ts';
import { percent, rate, time } from './words.ts';

/** An expectation that did not hold, or that cannot be decided. */
export interface Doubt {
  readonly decision: 'broken' | 'open';
  readonly reason: string;
}

/** Says how many requests an expectation needs and how to get them. */
export function tooFew(what: string, needed: number, got: number, pacing: Pacing): Doubt {
  return {
    decision: 'open',
    reason: `${what}: needs at least ${plural(needed, 'request')}, got ${got}: ${advice(needed, pacing)}`,
  };
}

/** What there is to say about a claim that is neither shown nor broken. */
export interface OpenClaim {
  readonly claim: Claim;
  /** The hits, e.g. `good requests`. */
  readonly what: string;
  /** The file asks for at most 5 % and reads of that limit, not of the 95 % that the claim is about. */
  readonly turned: boolean;
  /** The chances of a wrong answer that are allowed when it is called shown, and when it is called broken. */
  readonly miss: { readonly shown: number; readonly broken: number };
  readonly pacing: Pacing;
}

/** Says what share these requests leave possible, and how many would decide. */
export function undecided({ claim, what, turned, miss, pacing }: OpenClaim): string {
  const { hits, total, share } = claim;
  const low = hits / total >= share;
  const bound = low ? lowerBound(hits, total, miss.shown) : upperBound(hits, total, miss.broken);
  const limit = `${percent(turned ? 1 - bound : bound)} against a limit of ${percent(turned ? 1 - share : share)}`;
  const open = `the share of ${what} may still be as ${low === turned ? 'high' : 'low'} as ${limit} at ${percent(1 - miss.shown)} confidence`;
  const needed = samplesToDecide(hits, total, share, low ? miss.shown : miss.broken);
  if (needed === undefined) return `${open}, and no number of requests decides what lies on the limit`;
  const unanimous = hits === 0 || hits === total;
  const number = unanimous ? needed : rounded(needed);
  const condition = unanimous ? 'if all are like these' : 'if the share stays what it is';
  return `${open}; it takes ${unanimous ? '' : 'about '}${plural(number, 'request')} to decide ${condition}: ${advice(number, pacing)}`;
}

function advice(needed: number, pacing: Pacing): string {
  return pacing.kind === 'open'
    ? `at ${rate(pacing.perSecond)} the phase must last at least ${time((needed / pacing.perSecond) * 1000)}`
    : `the burst must have at least ${plural(needed, 'request')}`;
}

/** Up, to two digits: an estimate should not look like more. */
function rounded(number: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(number)) - 1);
  return Math.ceil(number / unit) * unit;
}
