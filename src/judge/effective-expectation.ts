import type { Expectation, HypothesisProbe } from '../model/hypothesis.ts';
import type { Phase } from '../model/phase.ts';

/** What must hold in this phase: while the fault is in, each key of `underFault` replaces the whole key of `expect`. */
export function effectiveExpectation(probe: HypothesisProbe, phase: Phase): Expectation {
  if (phase !== 'fault' || probe.underFault === undefined) return probe.expect;
  const replaced = Object.entries(probe.underFault).filter(([, value]) => value !== undefined);
  return { ...probe.expect, ...Object.fromEntries(replaced) };
}
