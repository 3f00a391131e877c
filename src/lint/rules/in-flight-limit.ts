import type { Experiment } from '../../model/experiment.ts';
import { inFlightOf } from '../in-flight.ts';
import type { LintContext, Remark } from '../rule.ts';

/** Requests beyond what a probe is allowed are dropped, and dropped requests make a pass inconclusive. */
export function inFlightLimit(experiment: Experiment, context: LintContext): readonly Remark[] {
  return inFlightOf(experiment, context).flatMap(({ probe, needed, allowed }, index): Remark[] => {
    if (needed <= allowed) return [];
    return [
      {
        code: 'IN_FLIGHT_LIMIT',
        message: `Probe "${probe}" may need ${needed} requests under way at once and is allowed ${allowed}; requests beyond that are dropped.`,
        path: ['spec', 'hypothesis', index, 'maxInFlight'],
        hint: `Raise maxInFlight to ${needed}, or lower the rate or the timeout.`,
      },
    ];
  });
}
