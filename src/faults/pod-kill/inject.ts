import { HoldfastError } from '../../model/errors.ts';
import type { PodKillFaultSpec } from '../../model/fault.ts';
import type { Json } from '../../model/json.ts';
import { retryWrite } from '../../undo/attempts.ts';
import type { DriverContext, Injected, PreparedFault } from '../driver.ts';
import { decodeHandle, type PodId } from './handle.ts';
import type { KillBook } from './kill-book.ts';
import { killRound, newRound, type Spared } from './kill-round.ts';

/** Kills the planned pods. Where some went meanwhile, others are drawn: the fault asks for so many, not for these. */
export async function injectFault(
  book: KillBook,
  { fault, handle }: PreparedFault<PodKillFaultSpec>,
  context: DriverContext,
): Promise<Injected> {
  const data = decodeHandle(handle);
  const record = book.of(handle);
  for (const owner of data.owners) book.memory.forget(owner);
  const round = newRound(fault, data, 0, data.victims);
  const writtenAt = context.clock.now();
  const spared = await retryWrite(context, async () => killRound(round, record, context, book.memory));
  if (spared !== undefined) throw notKilled(fault.name, spared);
  record.rounds = 1;
  return { baseline: { killed: round.killed } as unknown as Json, writtenAt, warnings: [] };
}

/** The pods that an injection killed. */
export function killedBy({ baseline }: Injected): readonly PodId[] {
  return (baseline as unknown as { readonly killed: readonly PodId[] }).killed;
}

function notKilled(fault: string, { why, hint = 'Run again.' }: Spared): HoldfastError {
  return new HoldfastError('INJECT_FAILED', {
    message: `Fault ${fault} could not kill what was planned, for the pods changed meanwhile: ${why}`,
    hint,
  });
}
