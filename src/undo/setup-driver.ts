import { type Cluster, recoverCommand, type Resource, type WriteResult } from '../cluster/cluster.ts';
import type { DriverContext, RollbackResult } from '../faults/driver.ts';
import { HoldfastError } from '../model/errors.ts';
import type { KubernetesObject } from '../model/kubernetes.ts';
import { isUnanswered, retryUndo, retryWrite } from './attempts.ts';
import { deleteByHand, lookByHand, restoreByHand } from './by-hand.ts';
import { describeObject, refOf } from './describe.ts';
import { sameJson } from './fingerprint.ts';
import { findRecord, isMarked, markedAt, readableRecords, RUN_LABEL, SETUP_ID } from './marks.ts';
import { createObjectMemory, type ObjectMemory } from './object-memory.ts';
import { readSurely } from './read-surely.ts';
import { applyManifest, noteStored, undoManifest } from './setup-edit.ts';
import { SETUP_KINDS, type SetupKind } from './setup-kinds.ts';
import { prepareSetup } from './setup-prepare.ts';
import type { OnHidden, SetupDriver, SetupHandle, SetupLeftover } from './setup.ts';

/** The driver that applies the situation under test and puts everything back by the undo protocol. */
export function createSetupDriver(memory = createObjectMemory()): SetupDriver {
  const unanswered = new Set<string>();
  const keyOf = ({ run, object }: SetupHandle): string => `${run} ${describeObject(object)}`;
  return {
    prepare: prepareSetup,
    async apply(prepared, handle, context) {
      const name = describeObject(handle.object);
      const manifest = prepared.objects?.find((object) => describeObject(object) === name);
      if (manifest === undefined) throw new HoldfastError('INTERNAL', { message: `${name} was not prepared.` });
      memory.forget(handle.object);
      try {
        await retryWrite(context, () => applyOnce(handle.run, manifest, memory, context));
        unanswered.delete(keyOf(handle));
      } catch (error) {
        if (isUnanswered(error)) unanswered.add(keyOf(handle));
        throw setupFailed(name, error);
      }
    },
    async undo(handle, context, { onlyMarked = false } = {}) {
      // Another process remembers nothing: what it finds is held against the record.
      const isKnown = memory.written(handle.object) !== undefined;
      const attempts: Attempts = { memory, onlyMarked, mayStillCome: unanswered.delete(keyOf(handle)) };
      const undone = await retryUndo(context, describeObject(handle.object), () => undoOnce(handle, attempts, context));
      const told = memory.tell(handle.object);
      return { ...undone, drift: (isKnown ? told : undefined) ?? undone.drift };
    },
    async leftovers(context, onHidden = () => undefined) {
      const found = await Promise.all(SETUP_KINDS.map((kind) => leftoversOf(kind, onHidden, context)));
      return found.flat();
    },
  };
}

async function applyOnce(
  run: string,
  manifest: KubernetesObject,
  memory: ObjectMemory,
  context: DriverContext,
): Promise<void> {
  const { cluster, signal } = context;
  const resource = await cluster.resourceOf(manifest, { signal });
  const now = await cluster.read(resource, manifest.metadata, { signal });
  const send = async (): Promise<WriteResult> => write(run, resource, manifest, now, context);
  // The answer to an earlier attempt may have been lost.
  const isThere = now !== undefined && findRecord(now, { run, id: SETUP_ID }) !== undefined;
  if (isThere) memory.adopt(now);
  const stored = isThere ? now : (await memory.write(refOf(manifest), now, send)).object;
  const noted = noteStored(run, stored);
  if (noted === undefined) return;
  await memory.write(refOf(stored), stored, async () => cluster.replace(resource, noted, { signal }));
}

async function write(
  run: string,
  resource: Resource,
  manifest: KubernetesObject,
  now: KubernetesObject | undefined,
  { cluster, signal }: DriverContext,
): Promise<WriteResult> {
  const object = applyManifest(run, manifest, now);
  return now ? cluster.replace(resource, object, { signal }) : cluster.create(resource, object, { signal });
}

/** What the attempts to undo one object have in common. */
interface Attempts {
  readonly memory: ObjectMemory;
  readonly onlyMarked: boolean;
  /** A write of the setup may still be under way. */
  mayStillCome: boolean;
  /** What an earlier one wrote; it may have arrived although its answer did not. */
  sent?: RollbackResult;
}

async function undoOnce(
  handle: SetupHandle,
  attempts: Attempts,
  { cluster, clock, signal }: DriverContext,
): Promise<RollbackResult> {
  const resource = await cluster.resourceOf(handle.object, { signal });
  const { memory } = attempts;
  const seen = memory.look(handle.object);
  const now = await readSurely(cluster, resource, handle.object, { signal });
  seen(now);
  if (now === undefined) return attempts.sent ?? { drift: [], detail: 'is not there any more' };
  const undo = undoManifest(handle.run, marked(now, handle, attempts));
  if (undo.action === 'none' && attempts.mayStillCome) {
    // A write of ours, taken back at once: what is under way then carries an older version of the object and is refused.
    const { apiVersion, kind, namespace, name } = handle.object;
    const nothing = { apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }) } };
    const send = async (): Promise<WriteResult> =>
      cluster.replace(resource, applyManifest(handle.run, nothing, now), { signal });
    await memory.write(handle.object, now, send);
    attempts.mayStillCome = false;
    return undoOnce(handle, attempts, { cluster, clock, signal });
  }
  if (undo.action === 'none' || (undo.action === 'replace' && sameJson(undo.object, now)))
    return attempts.sent ?? { drift: undo.drift, detail: undo.detail };
  attempts.sent = { writtenAt: clock.now(), drift: undo.drift, detail: undo.detail };
  try {
    const { uid, resourceVersion } = now.metadata;
    if (undo.action === 'replace') {
      await memory.write(handle.object, now, async () => cluster.replace(resource, undo.object, { signal }));
    } else {
      const options = { uid, resourceVersion, signal };
      await memory.remove(handle.object, now, async () => cluster.remove(resource, handle.object, options));
    }
  } catch (error) {
    // A conflict says for certain that nothing was written.
    if (error instanceof HoldfastError && error.code === 'API_CONFLICT') delete attempts.sent;
    throw error;
  }
  await proveUndone(handle, resource, now.metadata.uid, { cluster, signal });
  return attempts.sent;
}

/** As it would be if nobody had taken our marks off, unless another run has put its own on it. */
function marked(now: KubernetesObject, { run }: SetupHandle, { memory, onlyMarked }: Attempts): KubernetesObject {
  const isOthers = readableRecords(now)?.some((record) => record.run !== run) === true;
  return onlyMarked || isOthers ? now : memory.withOurMarks(now);
}

/** Reads the object back; a deletion that waits for a finalizer is tried again until it is through. */
async function proveUndone(
  handle: SetupHandle,
  resource: Resource,
  uid: string | undefined,
  { cluster, signal }: Pick<DriverContext, 'cluster' | 'signal'>,
): Promise<void> {
  const after = await readSurely(cluster, resource, handle.object, { signal });
  if (after === undefined || after.metadata.uid !== uid || !findRecord(after, { run: handle.run, id: SETUP_ID }))
    return;
  const message = after.metadata.deletionTimestamp ? 'its deletion waits for a finalizer' : 'our mark is still on it';
  throw new HoldfastError('API_CONFLICT', { message, where: describeObject(handle.object), status: 409 });
}

async function leftoversOf(
  kind: SetupKind,
  onHidden: OnHidden,
  { cluster, signal }: DriverContext,
): Promise<SetupLeftover[]> {
  const resource = await cluster.resource(kind.group, kind.plural, { signal });
  if (resource === undefined) return [];
  // Of Istio's rules, which are few and which people edit, all are looked at: somebody may have taken our label away.
  const selection = kind.group === 'networking.istio.io' ? {} : { labelSelector: RUN_LABEL };
  const objects = await cluster.list(resource, { ...selection, signal }).catch((error: unknown) => {
    if (!(error instanceof HoldfastError) || error.code !== 'API_FORBIDDEN') throw error;
    onHidden(kind.kind, error);
    return [];
  });
  return objects.filter(isMarked).flatMap((object) => {
    const records = readableRecords(object);
    // An unreadable one is listed too: its undo says what is wrong with it, and the others' are not held up.
    const runs = records?.filter((record) => record.id === SETUP_ID).map((record) => record.run);
    return (runs ?? [object.metadata.labels?.[RUN_LABEL] ?? '']).map((run) => ({
      handle: { run, object: refOf(object) },
      undoCommands: [recoverCommand(cluster, run), byHand(cluster, kind, object, run)],
      ...markedAt(object),
    }));
  });
}

function byHand(cluster: Cluster, kind: SetupKind, object: KubernetesObject, run: string): string {
  const record = readableRecords(object)?.find((it) => it.run === run && it.id === SETUP_ID);
  if (record?.undo === 'delete-if-ours') return deleteByHand(cluster, kind, object);
  return record?.undo === 'restore' ? restoreByHand(cluster, kind, object) : lookByHand(cluster, kind, object);
}

function setupFailed(name: string, error: unknown): unknown {
  if (!(error instanceof HoldfastError) || error.code === 'LEFTOVERS_FOUND') return error;
  return new HoldfastError('SETUP_FAILED', {
    ...error.details,
    message: `${name} could not be applied: ${error.message}`,
    where: name,
    cause: error,
  });
}
