import type { Millis } from '../model/clock.ts';
import type { Fault } from '../model/fault.ts';

/** Beyond the delay itself: for the rule to reach every proxy. Istio debounces up to 10 s (PILOT_DEBOUNCE_MAX). */
const PROPAGATION_MS = 10_000;

/** How long the effect of a fault may take to be seen, and whether every matching request shows it. */
export function effectOf({ spec }: Fault): {
  readonly delay: Millis;
  readonly deadline: Millis;
  readonly always: boolean;
} {
  const delay = spec.delay?.fixedDelay ?? 0;
  const percentage = Math.min(spec.delay?.percentage ?? 100, spec.abort?.percentage ?? 100);
  const always = percentage >= 100;
  // A request that is spared says nothing, so a share needs more of them.
  return { delay, deadline: delay * (always ? 1 : 3) + PROPAGATION_MS, always };
}
