import type { Experiment } from '../../model/experiment.ts';
import type { Fault } from '../../model/fault.ts';
import type { Expectation, HypothesisProbe, ProofProbe } from '../../model/hypothesis.ts';
import { isImplied, isSameRequest } from '../implied.ts';
import { lowerLimit } from '../limits.ts';
import type { Remark } from '../rule.ts';

/** A proof must be false without its fault: one that expects what is always so ends the run before the injection. */
export function proofHoldsAnyway({ faults, hypothesis }: Experiment): readonly Remark[] {
  return faults.flatMap(({ proof, ...fault }, index): Remark[] => {
    if (proof === undefined) return [];
    const why = steadyTwin(proof, hypothesis) ?? (isUsual(proof.expect, fault) ? USUAL : undefined);
    if (why === undefined) return [];
    return [
      {
        code: 'PROOF_HOLDS_ANYWAY',
        message: `The proof of "${fault.name}" expects ${why}, which holds without the fault too.`,
        path: ['spec', 'faults', index, 'proof', 'expect'],
        hint: HINT,
      },
    ];
  });
}

const USUAL = 'a good answer and nothing else';
const HINT =
  'Expect what only the fault brings about: `latency: {min: ">= ..."}` under a delay, the status or text of the error under an abort.';

/** What a probe expects of the same request while nothing is broken. */
function steadyTwin({ http, expect }: ProofProbe, hypothesis: readonly HypothesisProbe[]): string | undefined {
  const twin = hypothesis.find(
    (probe) =>
      probe.during.includes('baseline') &&
      isSameRequest(probe.http, http) &&
      (probe.expect.good === undefined || (lowerLimit(probe.expect.good) ?? 0) >= 1) &&
      isImplied(expect, probe.expect),
  );
  return twin && `nothing that probe "${twin.name}" does not expect in the baseline`;
}

/** Only what every sound answer is: a success, in time. */
function isUsual(
  { status = [], body, headers = {}, latency = {}, statuses = {}, errors = {} }: Expectation,
  { spec }: Pick<Fault, 'spec'>,
): boolean {
  const isSuccess = status.every((it) => (it.kind === 'class' ? it.digit === 2 : it.status === 200));
  const isSlow = Object.values(latency).some((limit) => lowerLimit(limit) !== undefined);
  const others = [headers, statuses, errors].flatMap((it) => Object.keys(it));
  // An abort may well be a success where there is none without it.
  const isAbortedWell = spec.driver === 'istio' && (spec.abort?.httpStatus ?? 500) < 300;
  return isSuccess && !isSlow && body === undefined && others.length === 0 && !isAbortedWell;
}
