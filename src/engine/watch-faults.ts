import { serializeError } from '../model/errors.ts';
import { type ConnectedLab, type FaultRun } from './lab.ts';
import { observe } from './prove.ts';

const EVERY_MS = 1_000;

/** Looks once a second, until aborted, whether somebody changes what we marked or a fault ends before its time. */
export async function watchFaults(lab: ConnectedLab, signal: AbortSignal): Promise<void> {
  for (;;) {
    await lab.clock.sleep(EVERY_MS, signal);
    await checkFaults(lab);
  }
}

/** One such look. An API server that does not answer is noted: what it would have told is found at the rollback. */
export async function checkFaults(lab: ConnectedLab): Promise<void> {
  await Promise.all(lab.book.runs.filter(isIn).map(async (run) => checkFault(lab, run)));
}

async function checkFault(lab: ConnectedLab, run: FaultRun): Promise<void> {
  try {
    const { state, detail } = await observe(lab, run);
    const object = run.prepared.plan.changes[0]?.object;
    if ((state === 'ended' || state === 'gone') && isIn(run) && object !== undefined) {
      lab.book.drift([{ object, detail: `the fault ended before it was taken back: ${detail}` }]);
    }
  } catch (error) {
    if (lab.signal.aborted) return;
    lab.emit({ type: 'note', text: `the fault could not be looked at: ${serializeError(error).message}` });
  }
}

function isIn(run: FaultRun): boolean {
  return run.injected !== undefined && run.rolledBackAt === undefined && run.undone === undefined;
}
