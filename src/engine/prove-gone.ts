import type { Observation } from '../faults/driver.ts';
import type { Millis } from '../model/clock.ts';
import { HoldfastError, serializeError } from '../model/errors.ts';
import { withDeadline } from './deadline.ts';
import { type ConnectedLab, type FaultRun, type Lab, contextOf } from './lab.ts';
import { pollUntil } from './poll.ts';
import { askProof, IN_A_ROW, oneAtATime } from './prove.ts';
import type { UndoFailure } from './step-stack.ts';
import { startWitnesses } from './witness.ts';

/** What calls that hang may add to the time given. */
const GRACE_MS = 5_000;

/**
 * Shows that a fault that was taken back does not bite any more: the proof probe is negative again and the driver says
 * so too. An interrupt does not cut it short, its deadline does. What cannot be shown is returned and goes into the book.
 */
export async function proveGone(lab: ConnectedLab, run: FaultRun): Promise<readonly UndoFailure[]> {
  const { rolledBackAt = lab.clock.now() } = run;
  const limit = run.driver.effect(run.fault).deadline;
  try {
    const gone = await withDeadline(
      lab.clock,
      limit + GRACE_MS,
      () => notGone(run, limit, 'the checks did not come to an end'),
      async (signal) => lookForGone(lab, run, lab.clock.now() + limit, signal),
    );
    run.undone = true;
    lab.emit({
      type: 'fault-undone',
      fault: run.fault.name,
      undone: true,
      timeToGoneMs: Math.max(0, gone.at - rolledBackAt),
      evidence: [gone.detail],
      manual: [],
    });
    return [];
  } catch (error) {
    sayNotUndone(lab, run, serializeError(error).message);
    const failures = run.undo === undefined ? [] : [{ undo: run.undo, error }];
    lab.book.undoFailed(failures);
    return failures;
  }
}

/** Records that a fault may still be in. */
export function sayNotUndone(lab: Lab, run: FaultRun, why: string): void {
  run.undone = false;
  lab.emit({
    type: 'fault-undone',
    fault: run.fault.name,
    undone: false,
    evidence: [why],
    manual: run.prepared.plan.undoCommands,
  });
}

/** As for the effect: where there is a proof probe it decides, and the driver's evidence is recorded beside it. */
async function lookForGone(
  lab: ConnectedLab,
  run: FaultRun,
  deadline: Millis,
  signal: AbortSignal,
): Promise<{ readonly at: Millis; readonly detail: string }> {
  const { proof } = run.fault;
  const limit = run.driver.effect(run.fault).deadline;
  if (proof === undefined) return watchUntilGone(lab, run, deadline, signal);
  const unasked = Symbol('the probes cannot ask');
  const at = await askProof(lab, proof, false, deadline, undefined, signal).catch((error: unknown) => {
    if (error instanceof HoldfastError && error.code === 'PROBE_WORKER_FAILED') return unasked;
    throw error;
  });
  // Without requests of ours the driver's evidence is all there is.
  if (typeof at === 'symbol') return watchUntilGone(lab, run, deadline, signal);
  if (at === undefined) throw notGone(run, limit, 'the proof probe is still positive');
  const { detail } = await verify(lab, run, signal);
  return { at, detail: `proof probe: ${IN_A_ROW} in a row negative; ${detail}` };
}

async function watchUntilGone(
  lab: ConnectedLab,
  run: FaultRun,
  deadline: Millis,
  signal: AbortSignal,
): Promise<{ readonly at: Millis; readonly detail: string }> {
  let last: Observation | undefined;
  const enough = new AbortController();
  const witnesses = startWitnesses(lab, AbortSignal.any([signal, enough.signal]), 'cut');
  try {
    const at = await pollUntil({
      ...oneAtATime(lab, deadline),
      signal,
      needed: 1,
      look: async () => {
        const at = lab.clock.now();
        last = await verify(lab, run, signal);
        return { at, wanted: last.state === 'gone' };
      },
    });
    if (at === undefined) throw notGone(run, run.driver.effect(run.fault).deadline, last?.detail ?? 'no answer');
    return { at, detail: last?.detail ?? '' };
  } finally {
    enough.abort(new Error('the answers are no longer needed'));
    await witnesses.stop();
  }
}

async function verify(lab: ConnectedLab, run: FaultRun, signal: AbortSignal): Promise<Observation> {
  const observation = await run.driver.verifyGone(run.prepared.handle, run.injected, contextOf(lab, signal));
  if (observation.state !== 'stuck') return observation;
  throw new HoldfastError('ROLLBACK_FAILED', { message: `Fault ${run.fault.name} is stuck: ${observation.detail}` });
}

function notGone({ fault, prepared }: FaultRun, limit: Millis, why: string): HoldfastError {
  return new HoldfastError('ROLLBACK_FAILED', {
    message: `Fault ${fault.name} was taken back but not shown to be gone within ${limit / 1000} s: ${why}.`,
    hint: `Check it by hand: ${prepared.plan.undoCommands.join(' - or: ')}`,
  });
}
