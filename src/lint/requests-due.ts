import type { Millis } from '../model/clock.ts';
import type { Pacing } from '../model/hypothesis.ts';

/** How many requests of a probe are due in a stretch of time; of a burst, all. */
export function requestsDue(pacing: Pacing, stretch: Millis): number {
  return pacing.kind === 'closed'
    ? pacing.requests
    : Math.ceil(Number(((pacing.perSecond * stretch) / 1000).toFixed(6)));
}
