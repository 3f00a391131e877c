import type { Experiment } from '../../model/experiment.ts';
import type { Fault } from '../../model/fault.ts';
import { isImplied, isSameRequest } from '../implied.ts';
import { lowerLimit } from '../limits.ts';
import type { LintContext, Remark } from '../rule.ts';
import { watchedUnderFault, type Watched } from '../watched.ts';

/** A weakness is expected of a hypothesis that asks under the fault for no more than what proves the fault. */
export function cannotFail(experiment: Experiment, context: LintContext): readonly Remark[] {
  const watched = watchedUnderFault(experiment);
  if (experiment.expected === undefined || watched.length === 0) return [];
  const lasting = experiment.faults.filter(
    (fault) => fault.startAfter === 0 && fault.duration === undefined && context.effectOf(fault).always,
  );
  if (!watched.every((it) => lasting.some((fault) => isProven(it, fault)))) return [];
  return [
    {
      code: 'CANNOT_FAIL',
      message:
        'A failure is expected, but under the fault every probe asks only for what the proof shows to be so: it passes, which is red here.',
      path: ['spec', 'expected'],
      hint: 'Let the hypothesis say what must hold for users, not what the fault does; or take `expected` out.',
    },
  ];
}

function isProven({ probe, expect }: Watched, { proof }: Fault): boolean {
  return (
    proof !== undefined &&
    isSameRequest(probe.http, proof.http) &&
    (expect.good === undefined || lowerLimit(expect.good) !== undefined) &&
    isImplied(expect, proof.expect)
  );
}
