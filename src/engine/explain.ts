import { HoldfastError, serializeError } from '../model/errors.ts';
import type { Explanation } from '../model/proof.ts';
import { withDeadline } from './deadline.ts';
import { type ConnectedLab, contextOf, type FaultRun } from './lab.ts';
import { startWitnesses } from './witness.ts';

/** The fault stays in for that much longer at most. */
const EXPLAIN_MS = 8_000;

/**
 * Has the driver look why a fault was not shown to bite, while the requests that should have shown it go on. Undefined
 * where it cannot say, or could not look.
 */
export async function explainProof(lab: ConnectedLab, run: FaultRun): Promise<Explanation | undefined> {
  const { driver, prepared, injected, fault } = run;
  if (driver.explain === undefined || injected === undefined) return undefined;
  const enough = new AbortController();
  const signal = AbortSignal.any([lab.signal, enough.signal]);
  const witnesses = startWitnesses(lab, signal, 'wait', fault.proof && [fault.proof]);
  try {
    return await withDeadline(
      lab.clock,
      EXPLAIN_MS,
      tooLong,
      async (inTime) => driver.explain?.(prepared, injected, lab.experiment, contextOf(lab, inTime)),
      lab.signal,
    );
  } catch (error) {
    lab.signal.throwIfAborted();
    const { message } = serializeError(error);
    lab.emit({ type: 'note', text: `why ${fault.name} was not shown to bite could not be looked at: ${message}` });
    return undefined;
  } finally {
    enough.abort(new Error('the answers are no longer needed'));
    await witnesses.stop();
  }
}

function tooLong(): HoldfastError {
  return new HoldfastError('API_TIMEOUT', { message: `It was not looked at within ${EXPLAIN_MS / 1000} s.` });
}
