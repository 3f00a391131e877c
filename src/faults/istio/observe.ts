import type { Drift } from '../../model/event.ts';
import type { FaultHandle } from '../../model/fault.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import { driftOf } from '../../undo/drift.ts';
import type { ObjectMemory } from '../../undo/object-memory.ts';
import { readSurely } from '../../undo/read-surely.ts';
import type { DriverContext, Injected, Observation } from '../driver.ts';
import { type Evidence, growth } from './evidence.ts';
import { decodeHandle, type Watch } from './handle.ts';
import { isIn, removeCopies } from './object-edit.ts';
import { ruleRef } from './own-writes.ts';
import { virtualServices } from './reading.ts';
import { look, type WatchBook } from './watch-book.ts';

/** Whether the fault is still in its VirtualServices, and whether the callers' proxies have counted requests it hit. */
export async function observeFault(
  book: WatchBook,
  handle: FaultHandle,
  injected: Injected,
  context: DriverContext,
  memory: ObjectMemory,
): Promise<Observation> {
  const { watch } = decodeHandle(handle);
  const sighting = book.of(handle, injected);
  const [{ missing, drift }, evidence] = await Promise.all([
    readObjects(handle, context, memory),
    watch === null ? undefined : look(sighting, watch, context),
  ]);
  if (missing.length > 0) {
    return { state: 'ended', detail: `${missing.join(', ')} does not carry the fault any more`, drift };
  }
  if (watch === null || evidence === undefined) {
    return { state: 'pending', detail: 'no callers to watch', drift };
  }
  const seen = describeEvidence(watch, sighting.baseline, evidence);
  const reading = { at: context.clock.now(), evidence };
  if (seen.state === 'active') sighting.firstActive ??= reading;
  sighting.lastDuring = reading;
  return { ...seen, drift };
}

/** The fault's objects that lost it, and foreign changes to all of them. */
async function readObjects(
  handle: FaultHandle,
  context: DriverContext,
  memory: ObjectMemory,
): Promise<{ readonly missing: readonly string[]; readonly drift: readonly Drift[] }> {
  const { objects, mark } = decodeHandle(handle);
  const resource = await virtualServices(context);
  const missing: string[] = [];
  const drift: Drift[] = [];
  for (const key of objects) {
    const name = `VirtualService ${key.namespace}/${key.name}`;
    const seen = memory.look(ruleRef(key));
    const object = await context.cluster.read(resource, key, { signal: context.signal });
    seen(object);
    if (object === undefined || !isIn(object, mark, memory.written(ruleRef(key)))) missing.push(name);
    drift.push(...(memory.tell(ruleRef(key)) ?? driftNow(object, mark)));
  }
  return { missing, drift };
}

/** Foreign changes to the fault's objects since they were looked at last. */
export async function changesOf(
  handle: FaultHandle,
  context: DriverContext,
  memory: ObjectMemory,
): Promise<readonly Drift[]> {
  const resource = await virtualServices(context);
  const changes = decodeHandle(handle).objects.map(async (key) => {
    const seen = memory.look(ruleRef(key));
    seen(await readSurely(context.cluster, resource, key, { signal: context.signal }));
    return memory.tell(ruleRef(key)) ?? [];
  });
  return (await Promise.all(changes)).flat();
}

function driftNow(object: KubernetesObject | undefined, mark: Parameters<typeof removeCopies>[1]): readonly Drift[] {
  if (object === undefined) return [];
  try {
    return removeCopies(object, mark).drift;
  } catch {
    return driftOf(object, ['our undo record was made unreadable']);
  }
}

function describeEvidence(watch: Watch, baseline: Evidence, evidence: Evidence): Omit<Observation, 'drift'> {
  const grown = Object.entries(growth(baseline, evidence));
  const hit = grown.filter(([, { faulted }]) => faulted > 0);
  const counted = grown.length > 0 && evidence.silent.length === 0 && !watch.shared;
  const hits = counted && { hits: Object.fromEntries(grown.map(([name, { faulted }]) => [name, faulted])) };
  const to = `to ${watch.service.name} (flags ${watch.flags.join(', ')})`;
  if (hit.length > 0) {
    const each = hit.map(([name, { faulted, clean }]) => `${faulted} of ${faulted + clean} requests of ${name}`);
    return { state: 'active', detail: `${each.join(', ')} ${to} were hit`, ...hits };
  }
  const silent = evidence.silent.length === 0 ? '' : `; no counters from ${evidence.silent.join(', ')}`;
  const passed = grown.reduce((sum, [, { clean }]) => sum + clean, 0);
  return {
    state: 'pending',
    detail: `no request of ${grown.length} callers ${to} was hit, ${passed} passed${silent}`,
    ...hits,
  };
}
