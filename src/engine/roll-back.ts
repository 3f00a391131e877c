import { serializeError } from '../model/errors.ts';
import type { Drift } from '../model/event.ts';
import { type ConnectedLab, type FaultRun, contextOf } from './lab.ts';

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
  // Nothing written and nothing injected: there was nothing to take back, so nothing has to be gone.
  if (result.writtenAt !== undefined || run.injected !== undefined) {
    run.rolledBackAt = result.writtenAt ?? lab.clock.now();
  }
  lab.book.drift(result.drift);
  if (run.injected !== undefined && result.writtenAt === undefined) lab.book.drift(goneBefore(run));
  lab.emit({ type: 'mutated', mutation });
}

/** Somebody else took it out, and nobody can say since when. */
function goneBefore({ prepared }: FaultRun): readonly Drift[] {
  const object = prepared.plan.changes[0]?.object;
  return object === undefined
    ? []
    : [{ object, detail: 'the fault was not there any more when it was to be taken back' }];
}
