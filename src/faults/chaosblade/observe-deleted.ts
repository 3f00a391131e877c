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
  const targets = victims.map((victim) => {
    const left = there.find(({ metadata }) => metadata.uid === victim.uid);
    const detail = left === undefined ? 'gone' : left.metadata.deletionTimestamp ? 'terminating' : 'still there';
    return {
      name: describeTarget(victim),
      state: left === undefined ? ('active' as const) : ('pending' as const),
      detail,
    };
  });
  const gone = targets.filter(({ state }) => state === 'active').length;
  const state = gone === targets.length ? 'active' : gone > 0 ? 'partial' : 'pending';
  return { state, detail: `${gone} of ${targets.length} old pods are gone`, targets };
}

/** Whether the controllers have as many ready pods as before. */
export async function observeReplaced({ owners }: BladeHandleData, context: DriverContext): Promise<Observation> {
  const pods = await podsOf(owners, context);
  const targets = owners.map(({ name, uid, ready }) => {
    const now = readyOf(uid, pods);
    const state = now >= ready ? ('gone' as const) : ('pending' as const);
    return { name, state, detail: `${now} of ${ready} pods of ${name} are ready` };
  });
  const state = targets.every((target) => target.state === 'gone') ? 'gone' : 'pending';
  return { state, detail: targets.map(({ detail }) => detail).join('; '), targets, drift: [] };
}

async function podsOf(places: readonly { readonly namespace: string }[], context: DriverContext) {
  const namespaces = [...new Set(places.map(({ namespace }) => namespace))];
  const lists = await Promise.all(namespaces.map(async (namespace) => listAll(context, '', 'pods', { namespace })));
  return lists.flat();
}
