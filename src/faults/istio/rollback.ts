import type { Resource } from '../../cluster/cluster.ts';
import type { Millis } from '../../model/clock.ts';
import { HoldfastError } from '../../model/errors.ts';
import type { FaultHandle } from '../../model/fault.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import { retryUndo } from '../../undo/attempts.ts';
import { describeObject, refOf } from '../../undo/describe.ts';
import { sameJson } from '../../undo/fingerprint.ts';
import { readableRecords, RUN_LABEL } from '../../undo/marks.ts';
import { readSurely } from '../../undo/read-surely.ts';
import type { DriverContext, RollbackResult } from '../driver.ts';
import { decodeHandle, type Named } from './handle.ts';
import { isCreatedName } from './names.ts';
import {
  insertCopies,
  isIn,
  type Mark,
  removeCopies,
  removeRoutesOnly,
  removeUnreadable,
  removeUnrecorded,
  type TakeBack,
} from './object-edit.ts';
import { type OwnWrites, ruleRef } from './own-writes.ts';
import { virtualServices } from './reading.ts';

/**
 * Takes the fault's routes and record out of every VirtualService that the handle names or that carries the run's label,
 * and proves it by reading back. Throws `ROLLBACK_FAILED` or `ROLLBACK_TIMEOUT` when it could not be shown to work.
 */
export async function rollBackFault(
  handle: FaultHandle,
  context: DriverContext,
  own: OwnWrites,
): Promise<RollbackResult> {
  const data = decodeHandle(handle);
  // Handles made from what lies in the cluster have no aim: who made them does not know what the run did.
  const isOurRun = data.aim !== null;
  const where = data.objects.map(({ namespace, name }) => `VirtualService ${namespace}/${name}`).join(', ');
  const resource = await retryUndo(context, where, () => virtualServices(context));
  const objects = await retryUndo(context, where, () => concerned(resource, data.objects, handle.run, context));
  const results = await Promise.allSettled(
    objects.map(async (object) => {
      const sent: Sent = {};
      // Another process remembers nothing: what it finds is held against the record.
      const isKnown = own.memory.written(ruleRef(object)) !== undefined;
      const result = await retryUndo(context, `VirtualService ${object.namespace}/${object.name}`, () =>
        rollBackObject(resource, object, { ...data, isOurRun, own }, sent, context),
      );
      const told = own.memory.tell(ruleRef(object));
      return { ...result, drift: (isKnown ? told : undefined) ?? result.drift };
    }),
  );
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return summarize(results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])));
}

/** The planned objects, and what else of the run's is marked. */
async function concerned(
  resource: Resource,
  planned: readonly Named[],
  run: string,
  { cluster, signal }: DriverContext,
): Promise<readonly Named[]> {
  const marked = await cluster.list(resource, { labelSelector: `${RUN_LABEL}=${run}`, signal });
  const names = new Map<string, Named>();
  for (const { metadata } of marked) {
    const named = { namespace: metadata.namespace ?? '', name: metadata.name };
    names.set(`${named.namespace}/${named.name}`, named);
  }
  for (const named of planned) names.set(`${named.namespace}/${named.name}`, named);
  return [...names.values()];
}

/** The fault that is taken back. */
interface Whose {
  readonly mark: Mark;
  readonly objects: readonly Named[];
  /** Done by the run that injected it, which remembers what it did. */
  readonly isOurRun: boolean;
  readonly own: OwnWrites;
}

/** What earlier attempts wrote; it may have arrived although its answer did not. */
interface Sent {
  result?: RollbackResult;
}

async function rollBackObject(
  resource: Resource,
  key: Named,
  whose: Whose,
  sent: Sent,
  context: DriverContext,
): Promise<RollbackResult> {
  const { cluster, clock, signal } = context;
  const { memory, unanswered } = whose.own;
  const ref = ruleRef(key);
  const seen = memory.look(ref);
  const object = await readSurely(cluster, resource, key, { signal });
  seen(object);
  if (object === undefined) return sent.result ?? { drift: [], detail: 'gone' };
  const back = await takeOut(resource, object, whose, context);
  if (back.action === 'none' || (back.action === 'replace' && sameJson(back.object, object))) {
    if (!unanswered.has(describeObject(object))) return sent.result ?? { drift: back.drift, detail: 'clean' };
    await fenceOff(resource, object, whose, context);
    return rollBackObject(resource, key, whose, sent, context);
  }
  const detail = back.action === 'delete' ? 'deleted' : 'restored';
  sent.result = { writtenAt: clock.now(), drift: back.drift, detail };
  if (back.action === 'replace') {
    await memory.write(ref, object, async () => cluster.replace(resource, back.object, { signal }));
  } else {
    const { uid, resourceVersion } = object.metadata;
    await memory.remove(ref, object, async () => cluster.remove(resource, key, { uid, resourceVersion, signal }));
  }
  await proveOut(resource, object, whose.mark, { cluster, signal });
  return sent.result;
}

/**
 * Writes a record without routes, which is taken out again at once: what is still under way then carries an older version
 * of the object and is refused, instead of bringing the fault in after everybody has left.
 */
async function fenceOff(
  resource: Resource,
  object: KubernetesObject,
  { mark, own }: Whose,
  { cluster, signal }: DriverContext,
): Promise<void> {
  await own.memory.write(refOf(object), object, async () =>
    cluster.replace(resource, insertCopies(object, new Map(), mark, 0), { signal }),
  );
  own.unanswered.delete(describeObject(object));
}

function isNamed({ metadata }: KubernetesObject, name: string, namespace: string): boolean {
  return metadata.name === name && metadata.namespace === namespace;
}

/** Even if the marks cannot be read, no fault stays in: its routes are known by name. The marks are then a person's to judge. */
async function takeOut(
  resource: Resource,
  object: KubernetesObject,
  { mark, objects, isOurRun, own: { memory } }: Whose,
  { cluster, signal }: DriverContext,
): Promise<TakeBack> {
  const isOthers = readableRecords(object)?.some(({ run }) => run !== mark.run) === true;
  const marked = isOthers || !isOurRun ? object : memory.withOurMarks(object);
  try {
    return removeCopies(marked, mark, memory.written(refOf(object)));
  } catch (error) {
    const label = object.metadata.labels?.[RUN_LABEL];
    const isOurs = isOurRun && (label === undefined || label === mark.run);
    if (isOurs && !isCreatedName(mark.run, object.metadata.name)) return removeUnreadable(object, mark);
    const unrecorded = removeUnrecorded(object, mark);
    if (unrecorded !== undefined) return unrecorded;
    const bare = removeRoutesOnly(object, mark.prefix);
    // What cannot be read on an object that only others of the run's faults went to is theirs to tell.
    const isPlanned = objects.some(({ name, namespace }) => isNamed(object, name, namespace));
    if (bare === undefined && !isPlanned) return { action: 'none', drift: [] };
    if (bare !== undefined) await cluster.replace(resource, bare, { signal });
    throw error;
  }
}

async function proveOut(
  resource: Resource,
  before: KubernetesObject,
  mark: Mark,
  { cluster, signal }: Pick<DriverContext, 'cluster' | 'signal'>,
): Promise<void> {
  const now = await readSurely(cluster, resource, before.metadata, { signal });
  if (now === undefined || !isIn(now, mark)) return;
  throw new HoldfastError('API_CONFLICT', {
    message: 'the fault is there again after it was taken out',
    where: describeObject(now),
    status: 409,
  });
}

function summarize(results: readonly RollbackResult[]): RollbackResult {
  const written: Millis[] = results.flatMap((result) => result.writtenAt ?? []);
  const count = (detail: string) => results.filter((result) => result.detail === detail).length;
  const parts = [`${count('restored')} restored`, `${count('deleted')} deleted`].filter(
    (part) => !part.startsWith('0'),
  );
  return {
    ...(written.length > 0 && { writtenAt: Math.max(...written) }),
    drift: results.flatMap((result) => result.drift),
    detail: written.length === 0 ? 'nothing to take back' : `VirtualServices: ${parts.join(', ')}`,
  };
}
