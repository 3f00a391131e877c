import type { Millis } from '../model/clock.ts';
import type { Fault } from '../model/fault.ts';

/** Beyond the delay itself: for the rule to reach every proxy. Istio debounces up to 10 s (PILOT_DEBOUNCE_MAX). */
const PROPAGATION_MS = 10_000;

export interface Effect {
  /** Longest that a request is held up on purpose. */
  readonly delay: Millis;
  /** Shortest that a request which the fault hit is held up. */
  readonly heldUp: Millis;
  /** How long the effect may take to be seen. */
  readonly deadline: Millis;
  /** Every matching request shows it. */
  readonly always: boolean;
}

/** What a fault does to requests, as far as the time to see it depends on it. */
export function effectOf({ spec }: Fault): Effect {
  const delay = spec.delay?.fixedDelay ?? 0;
  const percentage = Math.min(spec.delay?.percentage ?? 100, spec.abort?.percentage ?? 100);
  const always = percentage >= 100;
  // A request that is spared says nothing, so a share needs more of them.
  const heldUp = spec.delay?.percentage === 100 ? delay : 0;
  return { delay, heldUp, deadline: delay * (always ? 1 : 3) + PROPAGATION_MS, always };
}
