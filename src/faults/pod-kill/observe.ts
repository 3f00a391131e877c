import type { FaultHandle } from '../../model/fault.ts';
import type { DriverContext, Injected, Observation, ObservedState } from '../driver.ts';
import { decodeHandle } from './handle.ts';
import { type Healing, readHealing } from './healing.ts';
import { killedBy } from './inject.ts';
import type { KillBook, KillRecord } from './kill-book.ts';

/** Whether the pods that were killed are gone or going. A kill never ends early: what it did is done. */
export async function observeFault(
  book: KillBook,
  handle: FaultHandle,
  injected: Injected,
  context: DriverContext,
): Promise<Observation> {
  const { namespace, owners, drawn, seed } = decodeHandle(handle);
  const record = book.of(handle);
  const killed = record.killed.length > 0 ? [...record.killed] : killedBy(injected);
  const healing = await readHealing(namespace, killed, owners, context, book.memory);
  noteHealing(record, healing, context);
  const states = healing.pods.map(({ state }) => STATES[state]);
  const details = [...tellPods(healing), ...(drawn ? [`drawn with seed ${seed}`] : []), ...rounds(record)];
  return { state: together(states), detail: details.join('; '), drift: healing.drift };
}

/** Remembers when the owners were first seen whole again: the fault phase may last much longer than the healing. */
export function noteHealing(record: KillRecord, { pods, owners }: Healing, { clock }: DriverContext): void {
  const healed = pods.every(({ state }) => state === 'gone') && owners.every((owner) => owner.healed);
  if (healed) record.healedAt ??= clock.now();
  else delete record.healedAt;
}

/** Repeated kills leave long lists of those that are gone. */
function tellPods({ pods }: Healing): readonly string[] {
  const gone = pods.filter(({ state }) => state === 'gone').map(({ pod }) => pod.name);
  const others = pods.filter(({ state }) => state !== 'gone').map(({ detail }) => detail);
  if (gone.length === 0) return others;
  const named = gone.slice(-MOST_NAMED).join(', ');
  const more = gone.length > MOST_NAMED ? ` and ${gone.length - MOST_NAMED} earlier ones` : '';
  return [`gone: ${named}${more}`, ...others];
}

const MOST_NAMED = 5;

const STATES = { gone: 'active', terminating: 'active', held: 'stuck', alive: 'pending' } as const;

function together(states: readonly ObservedState[]): ObservedState {
  const [first = 'pending'] = states;
  return states.every((state) => state === first) ? first : 'partial';
}

function rounds({ rounds: count, spared }: KillRecord): readonly string[] {
  return [
    ...(count > 1 ? [`${count} rounds so far`] : []),
    ...(spared === undefined ? [] : [`a round killed nobody: ${spared}`]),
  ];
}
