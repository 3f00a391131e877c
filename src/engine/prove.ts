import type { Observation } from '../faults/driver.ts';
import { judgeProof } from '../judge/judge-proof.ts';
import type { Millis } from '../model/clock.ts';
import { HoldfastError } from '../model/errors.ts';
import type { ProofProbe } from '../model/hypothesis.ts';
import { explainProof } from './explain.ts';
import { type ConnectedLab, type FaultRun, contextOf } from './lab.ts';
import { type Look, type PollOptions, pollUntil } from './poll.ts';
import { startWitnesses } from './witness.ts';

/** Time between two looks: near enough to call the first that shows the effect its beginning. */
const LOOK_EVERY_MS = 25;
/** Reading the counters of every caller is dearer than a request: the next waits for the one before. */
const OBSERVE_EVERY_MS = 50;
/** Time between two looks whether the fault whose effect is waited for is still in. */
const LOST_EVERY_MS = 1_000;
/** How many looks in a row must agree. */
export const IN_A_ROW = 2;

/**
 * Shows that an injected fault bites: by its proof probe where it has one, else by the driver's own evidence. Time to
 * effect counts from the write to the moment the first of the consecutive positive looks was due.
 * `deadline` (monotonic) may end it before the time that the effect is given.
 */
export async function proveFault(lab: ConnectedLab, run: FaultRun, deadline = Number.POSITIVE_INFINITY): Promise<void> {
  const { fault, injectedAt = lab.clock.now() } = run;
  const effect = run.driver.effect(fault);
  // From now, not from the write: its answer may have taken as long.
  const begun = lab.clock.now();
  const end = Math.min(deadline, begun + effect.deadline);
  const needed = effect.always ? IN_A_ROW : 1;
  const { proof } = fault;
  const first = await unlessEnded(lab, run, async (signal) =>
    proof === undefined ? observeEffect(lab, run, end, signal) : askProof(lab, proof, true, end, needed, signal),
  );
  if (first !== undefined && fault.proof !== undefined) {
    run.evidence.push(`proof probe: ${needed} in a row positive`);
  }
  if (first === undefined && fault.proof !== undefined) {
    const waited = Math.round((Math.min(end, lab.clock.now()) - begun) / 1000);
    run.evidence.push(`the proof probe was not positive within ${waited} s`);
  }
  // Requests hit from here on are the hypothesis' own.
  const { detail, hits } = await observe(lab, run);
  run.evidence.push(detail);
  if (hits !== undefined && isForWatchedUsers(lab, run)) run.hitsByProof = hits;
  run.proven = first !== undefined;
  // What the proxies count has been under way for as long as it was held up.
  const ago = fault.proof === undefined ? effect.heldUp : 0;
  const timeToEffectMs = first === undefined ? undefined : Math.max(0, first - ago - injectedAt);
  const explanation = run.proven ? undefined : await explainProof(lab, run);
  if (explanation !== undefined) run.explanation = explanation;
  lab.emit({
    type: 'fault-proven',
    fault: fault.name,
    proven: run.proven,
    ...(explanation !== undefined && { explanation }),
    ...(timeToEffectMs !== undefined && { timeToEffectMs }),
    evidence: run.evidence,
  });
}

/** Waits for an effect, and no longer once the fault was taken out by somebody else. */
async function unlessEnded(
  lab: ConnectedLab,
  run: FaultRun,
  wait: (signal: AbortSignal) => Promise<Millis | undefined>,
): Promise<Millis | undefined> {
  const [over, ended] = [new AbortController(), new AbortController()];
  const watch = async (signal: AbortSignal): Promise<void> => {
    for (;;) {
      await lab.clock.sleep(LOST_EVERY_MS, signal);
      const seen = await observe(lab, run).catch(() => undefined);
      if (seen?.state === 'ended') ended.abort(new Error('the fault is not in any more'));
    }
  };
  const watching = watch(AbortSignal.any([lab.signal, over.signal, ended.signal])).catch(() => undefined);
  try {
    return await wait(AbortSignal.any([lab.signal, ended.signal]));
  } catch (error) {
    if (!ended.signal.aborted || lab.signal.aborted) throw error;
    return undefined;
  } finally {
    over.abort();
    await watching;
  }
}

/** Asks a proof probe until it is positive (or negative, to show that the fault is gone) so often in a row. */
export async function askProof(
  lab: ConnectedLab,
  proof: ProofProbe,
  positive: boolean,
  deadline: Millis,
  needed = IN_A_ROW,
  signal = lab.signal,
): Promise<Millis | undefined> {
  const sampler = await lab.sampler;
  return pollUntil({
    clock: lab.clock,
    signal,
    deadline,
    every: LOOK_EVERY_MS,
    needed,
    // While waiting for an effect, answers that the fault holds up are awaited; those that outlive it need not be.
    ...(positive ? { overlap: 'wait', maxInFlight: 6 } : { overlap: 'cut', maxInFlight: 20 }),
    look: async (cut): Promise<Look> => {
      const sample = await sampler.once(proof.http, proof.expect, cut);
      return { at: lab.epoch + sample.due, wanted: judgeProof(proof.expect, sample) === positive };
    },
  });
}

async function observeEffect(
  lab: ConnectedLab,
  run: FaultRun,
  deadline: Millis,
  signal: AbortSignal,
): Promise<Millis | undefined> {
  const witnesses = startWitnesses(lab, signal, 'wait');
  try {
    return await pollUntil({
      ...oneAtATime(lab, deadline),
      signal,
      look: async () => {
        const at = lab.clock.now();
        return { at, wanted: (await observe(lab, run)).state === 'active' };
      },
    });
  } finally {
    await witnesses.stop();
  }
}

/** Polls a driver, which reads several things for each answer. */
export function oneAtATime(lab: ConnectedLab, deadline: Millis): Omit<PollOptions, 'look'> {
  return {
    clock: lab.clock,
    signal: lab.signal,
    deadline,
    every: OBSERVE_EVERY_MS,
    needed: IN_A_ROW,
    maxInFlight: 1,
    overlap: 'wait',
  };
}

/** What the driver sees now; foreign changes go into the book, and whether requests met the fault since it was proven. */
export async function observe(lab: ConnectedLab, run: FaultRun): Promise<Observation> {
  if (run.injected === undefined) {
    throw new HoldfastError('INTERNAL', { message: `Fault ${run.fault.name} is observed before it is injected.` });
  }
  const observation = await run.driver.observe(run.prepared.handle, run.injected, contextOf(lab));
  lab.book.drift(observation.drift);
  noteMet(run, observation);
  return observation;
}

/**
 * Whether the fault is meant for the users that the hypothesis watches. A proof asked as a user whom no probe watches
 * means the opposite: the hypothesis says what the fault must leave alone.
 */
function isForWatchedUsers({ experiment }: ConnectedLab, { fault: { proof } }: FaultRun): boolean {
  const watched = experiment.hypothesis.filter((it) => it.during.includes('fault'));
  return proof === undefined || watched.some((it) => it.http.session === proof.http.session);
}

function noteMet(run: FaultRun, { hits }: Observation): void {
  const { hitsByProof } = run;
  if (hitsByProof === undefined || run.met === true) return;
  if (hits === undefined) delete run.met;
  else run.met = Object.entries(hits).some(([caller, hit]) => hit > (hitsByProof[caller] ?? 0));
}
