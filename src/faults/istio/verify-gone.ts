import type { FaultHandle } from '../../model/fault.ts';
import type { DriverContext, Injected, Observation } from '../driver.ts';
import { decodeHandle } from './handle.ts';
import { judgeGone } from './judge-gone.ts';
import { virtualServices } from './reading.ts';
import { isIn } from './object-edit.ts';
import { look, type WatchBook } from './watch-book.ts';

/**
 * Whether the fault is out of its VirtualServices and out of the callers' proxies. Asked again and again it compares each
 * reading with the earlier ones (rule: `judge-gone.ts`). Without readings under the fault - a recovery from another
 * process - only the VirtualServices are looked at, and the answer says so.
 */
export async function verifyFaultGone(
  book: WatchBook,
  handle: FaultHandle,
  injected: Injected | undefined,
  context: DriverContext,
): Promise<Observation> {
  const still = await stillIn(handle, context);
  if (still.length > 0) return answer('pending', `${still.join(', ')} still carries the fault`);
  const { watch, lingerMs } = decodeHandle(handle);
  if (injected === undefined || watch === null) {
    return answer(
      'gone',
      'its routes are out of the VirtualServices; the proxies, which follow within a second as a rule, were not watched',
    );
  }
  const sighting = book.of(handle, injected);
  const evidence = await look(sighting, watch, context);
  sighting.after.push({ at: context.clock.now(), evidence });
  const callers = judgeGone(sighting, watch.hits, lingerMs);
  const gone = callers.every((caller) => caller.gone);
  if (gone) book.close(handle);
  const detail = callers.map((caller) => caller.detail).join('; ');
  return { state: gone ? 'gone' : 'pending', detail: detail || 'the callers it hit are gone', drift: [] };
}

async function stillIn(handle: FaultHandle, context: DriverContext): Promise<readonly string[]> {
  const { objects, mark } = decodeHandle(handle);
  const resource = await virtualServices(context);
  const found = await Promise.all(
    objects.map(async (key) => context.cluster.read(resource, key, { signal: context.signal })),
  );
  return found.flatMap((object) =>
    object !== undefined && isIn(object, mark)
      ? [`VirtualService ${object.metadata.namespace}/${object.metadata.name}`]
      : [],
  );
}

function answer(state: 'pending' | 'gone', detail: string): Observation {
  return { state, detail, drift: [] };
}
