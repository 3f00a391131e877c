import type { Millis } from '../../model/clock.ts';
import type { FaultHandle } from '../../model/fault.ts';
import type { DriverContext, Injected, Observation } from '../driver.ts';
import { decodeHandle } from './handle.ts';
import { readHealing } from './healing.ts';
import { killedBy } from './inject.ts';
import type { KillBook, KillRecord } from './kill-book.ts';
import { noteHealing } from './observe.ts';

/** Whether the killed pods are gone for good and their owners have their ready replicas back. */
export async function verifyFaultGone(
  book: KillBook,
  handle: FaultHandle,
  injected: Injected | undefined,
  context: DriverContext,
): Promise<Observation> {
  const { namespace, owners, victims } = decodeHandle(handle);
  const record = book.of(handle);
  const known = injected === undefined ? victims : killedBy(injected);
  const killed = record.killed.length > 0 ? [...record.killed] : known;
  const healing = await readHealing(namespace, killed, owners, context, book.memory);
  noteHealing(record, healing, context);
  const pending = healing.pods.filter(({ state }) => state !== 'gone');
  const isWhole = pending.length === 0 && healing.owners.every(({ healed }) => healed);
  const tookMs = isWhole ? healingTime(record) : undefined;
  const gone = killed.length === 1 ? 'the killed pod is gone' : `all ${killed.length} killed pods are gone`;
  const details = [
    ...pending.map(({ detail }) => detail),
    ...healing.owners.map(({ detail }) => detail),
    ...(isWhole ? [gone] : []),
    ...(tookMs === undefined ? [] : [`first seen so ${Math.round(tookMs)} ms after the last kill`]),
  ];
  return {
    state: isWhole ? 'gone' : 'pending',
    detail: details.join('; '),
    drift: healing.drift,
    ...(tookMs !== undefined && { tookMs }),
  };
}

function healingTime({ killedAt, healedAt }: KillRecord): Millis | undefined {
  return killedAt === undefined || healedAt === undefined ? undefined : healedAt - killedAt;
}
