import type { Resource } from '../../cluster/cluster.ts';
import { HoldfastError } from '../../model/errors.ts';
import type { FaultHandle } from '../../model/fault.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import { retryUndo } from '../../undo/attempts.ts';
import type { ObjectMemory } from '../../undo/object-memory.ts';
import { readSurely } from '../../undo/read-surely.ts';
import type { DriverContext, RollbackResult } from '../driver.ts';
import { awaitTerminal, readUntil } from './await-blade.ts';
import { ownPart, runOf } from './blade-object.ts';
import { cleanUpCommands } from './clean-up.ts';
import { dropFinalizer } from './drop-finalizer.ts';
import { bladeRef, decodeHandle, describeBlade, type BladeHandleData } from './handle.ts';
import { bladeResource, readBlade } from './resources.ts';
import { errorsOf, readStatus } from './status.ts';
import { describeTarget } from './targets.ts';

/** For the operator to come to an end before its resource is deleted under it. */
const SETTLE_MS = 8_000;
/** For the operator to undo the fault and let the resource go. Both together fit the rollback's usual half minute. */
const GONE_MS = 18_000;

/**
 * Deletes the resource and waits until it is gone. What cannot be shown to have worked throws `ROLLBACK_FAILED` with what
 * the operator says and what to do by hand.
 */
export async function rollBackFault(
  handle: FaultHandle,
  context: DriverContext,
  memory: ObjectMemory,
): Promise<RollbackResult> {
  const ref = bladeRef(decodeHandle(handle).name);
  const result = await takeAway(handle, context, memory);
  return { ...result, drift: [...result.drift, ...(memory.tell(ref) ?? [])] };
}

async function takeAway(handle: FaultHandle, context: DriverContext, memory: ObjectMemory): Promise<RollbackResult> {
  const data = decodeHandle(handle);
  const where = describeBlade(data.name);
  const resource = await retryUndo(context, where, async () => bladeResource(context));
  const { cluster, signal } = context;
  const seen = memory.look(bladeRef(data.name));
  const object = await retryUndo(context, where, async () =>
    readSurely(cluster, resource, { name: data.name }, { signal }),
  );
  if (object === undefined) return nothing('nothing to take back: it is gone');
  // A deletion may be its timeout's: the last look before this one tells whose it was.
  if (object.metadata.deletionTimestamp === undefined) seen(ownPart(object));
  if (runOf(object)?.toLowerCase() !== handle.run.toLowerCase()) return nothing('nothing to take back: it is not ours');
  const before = await retryUndo(context, where, async () => settled(data, object, context));
  if (before === undefined) return nothing('it went by itself');
  const writtenAt = context.clock.now();
  if (before.metadata.deletionTimestamp === undefined) {
    const { uid } = before.metadata;
    await retryUndo(context, where, async () =>
      memory.remove(bladeRef(data.name), ownPart(before), async () =>
        cluster.remove(resource, { name: data.name }, { ...(uid !== undefined && { uid }), signal }),
      ),
    );
  }
  const left = await retryUndo(context, where, async () => awaitGone(data, before, context));
  if (left !== undefined) return { ...(await unstick(resource, data, left, context)), writtenAt };
  if (isUnderWay(before)) throw mayHaveLeaked(data, before);
  return { drift: [], detail: `${where} deleted`, writtenAt };
}

/** A resource that is deleted while the operator is at it loses what it knows: the fault would stay in for good. */
async function settled(
  { name }: BladeHandleData,
  object: KubernetesObject,
  context: DriverContext,
): Promise<KubernetesObject | undefined> {
  if (object.metadata.deletionTimestamp !== undefined) return object;
  return awaitTerminal(name, object, SETTLE_MS, context);
}

/** The resource if it does not go. `Destroying` is final: the operator never tries again. */
async function awaitGone(
  { name }: BladeHandleData,
  before: KubernetesObject,
  context: DriverContext,
): Promise<KubernetesObject | undefined> {
  const uid = before.metadata.uid;
  const isOver = (object: KubernetesObject | undefined): boolean =>
    object === undefined || object.metadata.uid !== uid || isStuck(object);
  const left = await readUntil(name, await readBlade(context, name), GONE_MS, context, isOver);
  return left?.metadata.uid === uid ? left : undefined;
}

function isStuck(object: KubernetesObject): boolean {
  return object.metadata.deletionTimestamp !== undefined && readStatus(object).phase === 'Destroying';
}

async function unstick(
  resource: Resource,
  data: BladeHandleData,
  left: KubernetesObject,
  context: DriverContext,
): Promise<RollbackResult> {
  const where = describeBlade(data.name);
  const why = stuckBecause(left);
  if (context.forceFinalizer === true) {
    await retryUndo(context, where, async () => dropFinalizer(resource, data.name, context));
    return { drift: [], detail: `${where} ${why}; its finalizer was taken off by force, the fault may still be in` };
  }
  throw new HoldfastError('ROLLBACK_FAILED', {
    message: `${where} ${why}. The fault may still be in on ${namesOf(data)}.`,
    where,
    hint: 'Clean up by hand, in the order that is given.',
    byHand: cleanUpCommands(context.cluster, data, readStatus(left)),
  });
}

function stuckBecause(object: KubernetesObject): string {
  const status = readStatus(object);
  const errors = errorsOf(status);
  if (status.phase === 'Destroying') {
    return `could not be destroyed, and the operator does not try again: ${errors.join('; ') || 'it does not say why'}`;
  }
  return `was deleted and did not go within ${GONE_MS / 1000} s (phase ${status.phase || 'empty'}): the operator does not act`;
}

function mayHaveLeaked(data: BladeHandleData, before: KubernetesObject): HoldfastError {
  const where = describeBlade(data.name);
  const timer = data.timeoutMs === null ? '' : ` Its timeout of ${data.timeoutMs / 1000} s may still end it.`;
  return new HoldfastError('ROLLBACK_FAILED', {
    message: `${where} was still in phase ${readStatus(before).phase} when it had to be deleted: the fault may have leaked on ${namesOf(data)}.${timer}`,
    where,
    hint: `Look at ${namesOf(data)} by hand, e.g. with \`tc qdisc show\`.`,
  });
}

function isUnderWay(object: KubernetesObject): boolean {
  return ['Initialized', 'Updating'].includes(readStatus(object).phase);
}

function namesOf({ candidates }: BladeHandleData): string {
  return candidates.map(describeTarget).join(', ') || 'its targets';
}

function nothing(detail: string): RollbackResult {
  return { drift: [], detail };
}
