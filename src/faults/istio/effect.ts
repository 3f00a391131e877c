import type { IstioFault } from '../../model/fault.ts';
import type { Effect } from '../driver.ts';

/** Beyond the delay itself: for the rule to reach every proxy. Istio debounces up to 10 s (PILOT_DEBOUNCE_MAX). */
const PROPAGATION_MS = 10_000;

/** What a delay or abort does to requests. */
export function effectOf({ spec }: IstioFault): Effect {
  const delay = spec.delay?.fixedDelay ?? 0;
  const percentage = Math.min(spec.delay?.percentage ?? 100, spec.abort?.percentage ?? 100);
  const always = percentage >= 100;
  // A request that is spared says nothing, so a share needs more of them.
  const heldUp = spec.delay?.percentage === 100 ? delay : 0;
  return { delay, heldUp, deadline: delay * (always ? 1 : 3) + PROPAGATION_MS, always };
}
