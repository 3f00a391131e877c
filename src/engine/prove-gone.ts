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
/** For a look at what heals by itself, after an interrupt. */
const STOPPED_MS = 2_000;

/**
 * Shows that a fault that was taken back does not bite any more: the proof probe is negative again and the driver says
 * so too. An interrupt does not cut it short, its deadline does. What cannot be shown is returned and goes into the book.
 * Where `outer` cuts it off nothing is said: it is looked for again.
 */
export async function proveGone(
  lab: ConnectedLab,
  run: FaultRun,
  outer?: AbortSignal,
): Promise<readonly UndoFailure[]> {
  try {
    await showGone(lab, run, timeToBeGone(lab, run), outer);
    return [];
  } catch (error) {
    if (outer?.aborted) return [];
    if (heals(run)) return notHealed(lab, run, error);
    sayNotUndone(lab, run, error);
    const failures = run.undo === undefined ? [] : [{ undo: run.undo, error }];
    lab.book.undoFailed(failures);
    return failures;
  }
}

/**
 * Watches whether what one fault did heals while the phase goes on, up to its end (monotonic) or a stop. What has not
 * healed by then, or could not be looked at, is looked at again after the phase.
 */
export async function seeItHeal(lab: ConnectedLab, run: FaultRun, end: Millis): Promise<void> {
  await showGone(lab, run, end - lab.clock.now(), lab.signal).catch(() => undefined);
}

async function showGone(lab: ConnectedLab, run: FaultRun, limit: Millis, outer?: AbortSignal): Promise<void> {
  const { rolledBackAt = lab.clock.now() } = run;
  const gone = await withDeadline(
    lab.clock,
    limit + GRACE_MS,
    () => notGone(run, limit, 'the checks did not come to an end'),
    async (signal) => lookForGone(lab, run, limit, signal),
    outer,
  );
  run.undone = true;
  lab.emit({
    type: 'fault-undone',
    fault: run.fault.name,
    undone: true,
    timeToGoneMs: gone.tookMs ?? Math.max(0, gone.at - rolledBackAt),
    evidence: [gone.detail],
    manual: [],
  });
}

/** Whether nothing has to be taken back for the system under test to be as before. */
export function heals({ driver, fault }: FaultRun): boolean {
  return driver.heals?.(fault) === true;
}

/** What heals by itself has the time that the file gives the recovery; whoever stops a run does not wait for it. */
function timeToBeGone({ experiment, signal }: Lab, run: FaultRun): Millis {
  if (!heals(run)) return run.driver.effect(run.fault).deadline;
  const { within } = experiment.phases.recovery;
  return signal.aborted ? Math.min(within, STOPPED_MS) : within;
}

/** Nothing of ours is in, so nothing is left behind: it is the system under test that has not recovered. */
function notHealed(lab: Lab, run: FaultRun, error: unknown): readonly UndoFailure[] {
  const { code, message } = serializeError(error);
  run.undone = true;
  lab.emit({ type: 'fault-undone', fault: run.fault.name, undone: true, evidence: [message], manual: [] });
  if (code !== 'ROLLBACK_FAILED') lab.book.error(error);
  lab.book.notHealed(message);
  lab.emit({ type: 'recovered', recovered: false, detail: message });
  return [];
}

/** Records that a fault may still be in, and what to do by hand. */
export function sayNotUndone(lab: Lab, run: FaultRun, error: unknown): void {
  run.undone = false;
  const byHand = error instanceof HoldfastError ? error.details.byHand : undefined;
  lab.emit({
    type: 'fault-undone',
    fault: run.fault.name,
    undone: false,
    evidence: [serializeError(error).message],
    manual: byHand ?? run.prepared.plan.undoCommands,
  });
}

interface Gone {
  readonly at: Millis;
  readonly detail: string;
  readonly tookMs?: Millis | undefined;
}

/** As for the effect: where there is a proof probe it decides, and the driver's evidence is recorded beside it. */
async function lookForGone(lab: ConnectedLab, run: FaultRun, limit: Millis, signal: AbortSignal): Promise<Gone> {
  const { proof } = run.fault;
  const deadline = lab.clock.now() + limit;
  // A proof probe may be answered by another replica: whether all are back only the driver can say.
  if (proof === undefined || heals(run)) return watchUntilGone(lab, run, limit, signal);
  const unasked = Symbol('the probes cannot ask');
  const at = await askProof(lab, proof, false, deadline, undefined, signal).catch((error: unknown) => {
    if (error instanceof HoldfastError && error.code === 'PROBE_WORKER_FAILED') return unasked;
    throw error;
  });
  // Without requests of ours the driver's evidence is all there is.
  if (typeof at === 'symbol') return watchUntilGone(lab, run, limit, signal);
  if (at === undefined) throw notGone(run, limit, 'the proof probe is still positive');
  const { detail } = await verify(lab, run, signal);
  return { at, detail: `proof probe: ${IN_A_ROW} in a row negative; ${detail}` };
}

async function watchUntilGone(lab: ConnectedLab, run: FaultRun, limit: Millis, signal: AbortSignal): Promise<Gone> {
  let last: Observation | undefined;
  let refusal: HoldfastError | undefined;
  const enough = new AbortController();
  // Requests let a fault show in proxies; what heals shows in the cluster's own objects.
  const witnesses = heals(run) ? undefined : startWitnesses(lab, AbortSignal.any([signal, enough.signal]), 'cut');
  try {
    const at = await pollUntil({
      ...oneAtATime(lab, lab.clock.now() + limit),
      signal,
      needed: 1,
      look: async () => {
        const at = lab.clock.now();
        try {
          last = await verify(lab, run, signal);
          return { at, wanted: last.state === 'gone' };
        } catch (error) {
          // A look that the API server refuses says nothing: only the time that is given ends the looking.
          if (!(error instanceof HoldfastError) || error.class !== 'environment' || signal.aborted) throw error;
          refusal = error;
          return { at, wanted: false };
        }
      },
    });
    if (at === undefined) throw notGone(run, limit, refusal?.message ?? last?.detail ?? 'no answer');
    return { at, detail: last?.detail ?? '', tookMs: last?.tookMs };
  } finally {
    enough.abort(new Error('the answers are no longer needed'));
    await witnesses?.stop();
  }
}

async function verify(lab: ConnectedLab, run: FaultRun, signal: AbortSignal): Promise<Observation> {
  const observation = await run.driver.verifyGone(run.prepared.handle, run.injected, contextOf(lab, signal));
  lab.book.drift(observation.drift);
  if (observation.state !== 'stuck') return observation;
  throw new HoldfastError('ROLLBACK_FAILED', { message: `Fault ${run.fault.name} is stuck: ${observation.detail}` });
}

function notGone(run: FaultRun, limit: Millis, why: string): HoldfastError {
  const { fault, prepared } = run;
  if (heals(run)) {
    return new HoldfastError('ROLLBACK_FAILED', {
      message: `What fault ${fault.name} did was not healed within ${limit / 1000} s: ${why}`,
    });
  }
  return new HoldfastError('ROLLBACK_FAILED', {
    message: `Fault ${fault.name} was taken back but not shown to be gone within ${limit / 1000} s: ${why}.`,
    hint: `Check it by hand: ${prepared.plan.undoCommands.join(' - or: ')}`,
  });
}
