import type { Millis } from '../model/clock.ts';
import type { Experiment } from '../model/experiment.ts';
import type { Plan } from '../model/plan.ts';
import type { HypothesisProbe } from '../model/hypothesis.ts';
import type { LintContext } from './rule.ts';

/** How many requests each probe may have under way at once, and how many it is allowed. */
export function inFlightOf(
  { hypothesis, faults }: Experiment,
  { effectOf }: Pick<LintContext, 'effectOf'>,
): Plan['inFlight'] {
  const longest = Math.max(0, ...faults.map((fault) => effectOf(fault).delay));
  return hypothesis.map((probe) => needOf(probe, longest));
}

function needOf({ name, pacing, http }: HypothesisProbe, delay: Millis): Plan['inFlight'][number] {
  if (pacing.kind === 'closed') return { probe: name, needed: pacing.concurrency, allowed: pacing.concurrency };
  // A delayed call may be tried again by its caller, so nothing but the timeout bounds a request under a delay.
  const longest = delay > 0 ? http.timeout : Math.min(http.timeout, 1000);
  const needed = Math.max(1, Math.ceil((pacing.perSecond * longest) / 1000));
  return { probe: name, needed, allowed: pacing.maxInFlight };
}
