import type { Resource } from '../cluster/cluster.ts';
import type { DriverContext } from '../faults/driver.ts';
import type { KubernetesObject } from '../model/kubernetes.ts';
import { retryUndo } from './attempts.ts';
import { isMarked, readableRecords, SETUP_ID } from './marks.ts';
import { applyManifest, undoManifest } from './setup-edit.ts';
import { SETUP_KINDS } from './setup-kinds.ts';

/**
 * Makes the API server refuse what a dead run may still have under way to an object that it had locked: a write carries
 * the version of the object it was made for, so a new version, with nothing else changed, outdates it. An object that
 * carries marks is left alone: taking those back does the same. Nothing can be done about what would create an object.
 */
export async function fenceOff(lockKey: string, run: string, context: DriverContext): Promise<void> {
  const locked = lockedObject(lockKey);
  if (locked === undefined) return;
  const { cluster, signal } = context;
  await retryUndo(context, lockKey, async () => {
    const resource = await cluster.resource(locked.group, locked.plural, { signal });
    const now = resource && (await cluster.read(resource, locked, { signal }));
    if (resource !== undefined && now !== undefined) await touch(resource, now, run, context);
  });
}

/** The API server takes a write that changes nothing for none, so a record is written and taken out again. */
async function touch(
  resource: Resource,
  now: KubernetesObject,
  run: string,
  { cluster, signal }: DriverContext,
): Promise<void> {
  const isTouched = readableRecords(now)?.some((record) => record.run === run && record.id === SETUP_ID) === true;
  if (!isTouched && isMarked(now)) return;
  const { name, namespace } = now.metadata;
  const { apiVersion, kind } = now;
  const nothing = { apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }) } };
  const touched = isTouched
    ? now
    : (await cluster.replace(resource, applyManifest(run, nothing, now), { signal })).object;
  const undo = undoManifest(run, touched);
  if (undo.action === 'replace') await cluster.replace(resource, undo.object, { signal });
}

interface LockedObject {
  readonly group: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** The object that a lock stands for; undefined where it stands for something else, as for a node's network. */
function lockedObject(lockKey: string): LockedObject | undefined {
  const [, short = '', , namespace, name] = /^([a-z]+):(([^/]+)\/)?([^/]+)$/.exec(lockKey) ?? [];
  const known = SETUP_KINDS.find(({ kind }) => kind.toLowerCase() === (short === 'vs' ? 'virtualservice' : short));
  if (known === undefined || name === undefined) return undefined;
  return { ...known, name, ...(namespace !== undefined && { namespace }) };
}
