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
  const healing = await readHealing(namespace, killed, owners, context);
  noteHealing(record, healing, context);
  const pending = healing.pods.filter(({ state }) => state !== 'gone');
  const isWhole = pending.length === 0 && healing.owners.every(({ healed }) => healed);
  const details = [
    ...pending.map(({ detail }) => detail),
    ...healing.owners.map(({ detail }) => detail),
    ...(isWhole ? tellTime(record, killed.length) : []),
  ];
  return {
    state: isWhole ? 'gone' : 'pending',
    detail: details.join('; '),
    targets: healing.owners.map(({ owner, healed, detail }) => ({
      name: `${owner.namespace}/${owner.name}`,
      state: healed ? 'gone' : 'pending',
      detail,
    })),
    drift: [],
  };
}

function tellTime({ killedAt, healedAt }: KillRecord, killed: number): readonly string[] {
  const gone = killed === 1 ? 'the killed pod is gone' : `all ${killed} killed pods are gone`;
  if (killedAt === undefined || healedAt === undefined) return [gone];
  return [`${gone}; seen so ${Math.round(healedAt - killedAt)} ms after the last kill`];
}
