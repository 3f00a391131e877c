import type { DriverContext, Observation } from '../driver.ts';
import { readyOf } from './check-pods.ts';
import type { BladeHandleData } from './handle.ts';
import { listAll } from './resources.ts';
import { describeTarget } from './targets.ts';

/** Whether the pods that were to be deleted are: by uid, since some come back under their old names. */
export async function observeDeleted(
  { candidates }: BladeHandleData,
  names: readonly string[],
  context: DriverContext,
): Promise<Omit<Observation, 'drift'>> {
  const victims = candidates.filter((target) => names.includes(describeTarget(target)));
  const there = await podsOf(victims, context);
  const gone = victims.filter((victim) => !there.some(({ metadata }) => metadata.uid === victim.uid)).length;
  const state = gone === victims.length ? 'active' : gone > 0 ? 'partial' : 'pending';
  return { state, detail: `${gone} of ${victims.length} old pods are gone` };
}

/** Whether the controllers have as many ready pods as before. */
export async function observeReplaced({ owners }: BladeHandleData, context: DriverContext): Promise<Observation> {
  const pods = await podsOf(owners, context);
  const seen = owners.map(({ name, uid, ready }) => {
    const now = readyOf(uid, pods);
    return { isWhole: now >= ready, detail: `${now} of ${ready} pods of ${name} are ready` };
  });
  const state = seen.every(({ isWhole }) => isWhole) ? 'gone' : 'pending';
  return { state, detail: seen.map(({ detail }) => detail).join('; '), drift: [] };
}

async function podsOf(places: readonly { readonly namespace: string }[], context: DriverContext) {
  const namespaces = [...new Set(places.map(({ namespace }) => namespace))];
  const lists = await Promise.all(namespaces.map(async (namespace) => listAll(context, '', 'pods', { namespace })));
  return lists.flat();
}
