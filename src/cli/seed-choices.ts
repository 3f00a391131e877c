import { randomInt } from 'node:crypto';
import { seedOf } from '../faults/pod-kill/draw.ts';
import type { Experiment } from '../model/experiment.ts';
import type { Fault } from '../model/fault.ts';

/** A seed for a run that was given none: short enough to type. */
export function drawSeed(): number {
  return randomInt(1_000_000_000);
}

/** Lets every random choice of the experiments that their files leave open follow from the seed of the run. */
export function withSeed(experiments: readonly Experiment[], seed: number): readonly Experiment[] {
  return experiments.map((experiment) => ({
    ...experiment,
    faults: experiment.faults.map((fault) => seeded(fault, `${seed}/${experiment.name}`)),
  }));
}

function seeded(fault: Fault, scope: string): Fault {
  const { spec } = fault;
  if (spec.driver !== 'pod-kill' || spec.seed !== undefined) return fault;
  return { ...fault, spec: { ...spec, seed: seedOf(scope, fault.name) } };
}
