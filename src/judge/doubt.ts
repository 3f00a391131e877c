import type { Pacing } from '../model/hypothesis.ts';
import { plural } from '../util/plural.ts';
import { rate, time } from './words.ts';

/** An expectation that did not hold, or that cannot be decided. */
export interface Doubt {
  readonly decision: 'broken' | 'open';
  readonly reason: string;
}

/** Says how many requests an expectation needs and how to get them. */
export function tooFew(what: string, needed: number, got: number, pacing: Pacing): Doubt {
  const advice =
    pacing.kind === 'open'
      ? `at ${rate(pacing.perSecond)} the phase must last at least ${time((needed / pacing.perSecond) * 1000)}`
      : `the burst must have at least ${plural(needed, 'request')}`;
  return { decision: 'open', reason: `${what}: needs at least ${plural(needed, 'request')}, got ${got}: ${advice}` };
}
