import { serializeError } from '../model/errors.ts';
import type { Drift } from '../model/event.ts';
import { type ConnectedLab, type FaultRun, contextOf, hasLostLock } from './lab.ts';
import { heals } from './prove-gone.ts';

/** Takes one fault back; whether it is gone is shown later (`prove-gone.ts`). A full disk does not stop it. */
export async function rollBack(lab: ConnectedLab, run: FaultRun, signal: AbortSignal): Promise<void> {
  const { handle } = run.prepared;
  const mutation = { what: 'rollback', handle } as const;
  lab.emit({ type: 'mutating', mutation });
  await lab.journal
    .sync()
    .catch((error: unknown) =>
      lab.emit({ type: 'note', text: `${serializeError(error).message} Rolling back all the same.` }),
    );
  await run.keptUp?.stop(signal);
  const result = await run.driver.rollback(handle, contextOf(lab, signal));
  if (result.writtenAt === undefined && run.injected !== undefined && hasLostLock(lab) && !heals(run)) {
    sayTakenBack(lab, run);
    lab.emit({ type: 'mutated', mutation });
    return;
  }
  // Nothing written and nothing injected: there was nothing to take back, so nothing has to be gone.
  if (result.writtenAt !== undefined || run.injected !== undefined) {
    run.rolledBackAt = result.writtenAt ?? lab.clock.now();
  }
  lab.book.drift(result.drift);
  if (run.injected !== undefined && result.writtenAt === undefined) goneBefore(run).forEach(lab.book.consequence);
  lab.emit({ type: 'mutated', mutation });
}

/** Whoever has the target now may have put a fault of their own in, so that there is nothing to be seen gone. */
function sayTakenBack(lab: ConnectedLab, run: FaultRun): void {
  run.undone = true;
  const evidence = ['nothing of it was there any more when the lock was found lost'];
  lab.emit({ type: 'fault-undone', fault: run.fault.name, undone: true, evidence, manual: [] });
}

/** Somebody else took it out, and nobody can say since when. */
function goneBefore({ prepared }: FaultRun): readonly Drift[] {
  const object = prepared.plan.changes[0]?.object;
  return object === undefined
    ? []
    : [{ object, detail: 'the fault was not there any more when it was to be taken back' }];
}
