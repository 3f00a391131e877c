import type { Millis } from '../../model/clock.ts';
import type { Experiment } from '../../model/experiment.ts';
import type { ChaosBladeFaultSpec, Fault } from '../../model/fault.ts';
import { effectOf } from './effect.ts';

/** For requests that are awaited at the end of the phase, and for an API server that is slow to take the fault back. */
const MARGIN_MS = 30_000;

/** How long the fault is in as the file says: to the end of its phase unless it says otherwise. */
export function faultTime(fault: Fault<ChaosBladeFaultSpec>, { phases }: Experiment): Millis {
  return fault.duration ?? Math.max(0, phases.fault - fault.startAfter);
}

/** After which the cluster ends the fault by itself: whole seconds, long enough for it to be shown, held and taken back. */
export function timeoutOf(fault: Fault<ChaosBladeFaultSpec>, experiment: Experiment): Millis {
  const all = faultTime(fault, experiment) + effectOf(fault).deadline + MARGIN_MS;
  return fault.spec.timeout ?? Math.ceil(all / 1000) * 1000;
}
