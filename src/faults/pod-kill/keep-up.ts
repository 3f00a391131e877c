import type { PodKillFaultSpec } from '../../model/fault.ts';
import { retryWrite } from '../../undo/attempts.ts';
import type { DriverContext, PreparedFault } from '../driver.ts';
import { decodeHandle } from './handle.ts';
import type { KillBook } from './kill-book.ts';
import { killRound, newRound } from './kill-round.ts';

/**
 * Kills again every so often until the context's signal is aborted. A round that would begin before the one before it
 * has ended is left out; one that finds nobody it may kill kills nobody and says so in the evidence.
 */
export async function keepKilling(
  book: KillBook,
  { fault, handle }: PreparedFault<PodKillFaultSpec>,
  context: DriverContext,
): Promise<void> {
  const { every } = fault.spec;
  if (every === undefined) return;
  const { clock, signal } = context;
  const data = decodeHandle(handle);
  const record = book.of(handle);
  const startedAt = record.killedAt ?? clock.now();
  for (let number = 1; !signal.aborted; number += 1) {
    number = Math.max(number, Math.ceil((clock.now() - startedAt) / every));
    await clock.sleep(startedAt + number * every - clock.now(), signal);
    const round = newRound(fault, data, number);
    const spared = await retryWrite(context, async () => killRound(round, record, context, book.memory));
    if (spared === undefined) record.rounds += 1;
    else record.spared = spared.why;
  }
}
