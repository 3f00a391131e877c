import { isDeepStrictEqual } from 'node:util';
import type { StoredObject } from '../store.ts';
import { isObject, numberAt, stringAt } from './json.ts';
import { timestamp, withMetadata } from './object-metadata.ts';
import type { Located, ObjectTables } from './object-tables.ts';

/** How the dependents of a removed object are treated. */
export type Propagation = 'Background' | 'Foreground' | 'Orphan';

export interface RemoveOptions {
  readonly propagation?: Propagation;
  /**
   * For pods on a node: how long the kubelet may take; it removes them for good. `default` is the pod's own period,
   * absent or 0 is at once.
   */
  readonly gracePeriodSeconds?: number | 'default';
}

const FOREGROUND = 'foregroundDeletion';

/** Stores a changed object, or drops it when it was waiting for its last finalizer to go. Equal objects write nothing. */
export function save(tables: ObjectTables, resource: string, current: StoredObject, next: StoredObject): StoredObject {
  if (isDeepStrictEqual(current, next)) return current;
  if (next.metadata.deletionTimestamp && !isHeld(next)) return drop(tables, resource, next);
  return tables.put(resource, next, current);
}

/** Removes an object, or marks it while finalizers or its grace period hold it; its dependents follow `propagation`. */
export function removeObject(
  tables: ObjectTables,
  { resource, object }: Located,
  { propagation = 'Background', gracePeriodSeconds }: RemoveOptions = {},
): void {
  const owned = tables.ownedBy(object.metadata.uid);
  if (propagation === 'Orphan')
    for (const each of currentOnes(tables, owned)) disown(tables, each, object.metadata.uid);
  const foreground = propagation === 'Foreground' && owned.length > 0;
  const marked = markedForDeletion(object, foreground, graceOf(object, gracePeriodSeconds));
  if (!isHeld(marked)) {
    drop(tables, resource, object);
    return;
  }
  save(tables, resource, object, marked);
  if (!foreground) return;
  for (const each of currentOnes(tables, owned)) {
    removeObject(tables, each, { propagation, gracePeriodSeconds: 'default' });
  }
}

function markedForDeletion(object: StoredObject, foreground: boolean, grace: number): StoredObject {
  const { deletionTimestamp, deletionGracePeriodSeconds } = object.metadata;
  const finalizers = [...new Set([...(object.metadata.finalizers ?? []), ...(foreground ? [FOREGROUND] : [])])];
  const isShorter = deletionGracePeriodSeconds === undefined || grace < deletionGracePeriodSeconds;
  return withMetadata(object, {
    finalizers,
    deletionTimestamp: deletionTimestamp !== undefined && !isShorter ? deletionTimestamp : timestamp(grace),
    deletionGracePeriodSeconds: isShorter ? grace : deletionGracePeriodSeconds,
  });
}

/** Only pods that run have somebody who ends them within a period; everything else goes at once. */
function graceOf(object: StoredObject, asked: number | 'default' | undefined): number {
  const phase = stringAt(object, ['status', 'phase']);
  const runs = object.kind === 'Pod' && stringAt(object, ['spec', 'nodeName']) !== '';
  if (asked === undefined || !runs || phase === 'Succeeded' || phase === 'Failed') return 0;
  return asked === 'default' ? numberAt(object, ['spec', 'terminationGracePeriodSeconds'], 30) : Math.max(0, asked);
}

function drop(tables: ObjectTables, resource: string, object: StoredObject): StoredObject {
  const last = tables.drop(resource, object);
  for (const each of currentOnes(tables, tables.ownedBy(last.metadata.uid))) {
    if (each.object.metadata.ownerReferences?.length !== 1) disown(tables, each, last.metadata.uid);
    else removeObject(tables, each, { gracePeriodSeconds: 'default' });
  }
  for (const owner of last.metadata.ownerReferences ?? []) releaseForeground(tables, owner.uid);
  return last;
}

function isHeld({ kind, metadata, ...rest }: StoredObject): boolean {
  // Namespaces are held by a list in their spec, until they are empty.
  const spec = kind === 'Namespace' ? rest['spec'] : undefined;
  const inSpec = isObject(spec) && Array.isArray(spec['finalizers']) ? spec['finalizers'].length : 0;
  return (metadata.finalizers?.length ?? 0) + inSpec + (metadata.deletionGracePeriodSeconds ?? 0) > 0;
}

/** Each as it is when its turn comes: a listener may have changed or removed it since. */
function* currentOnes(tables: ObjectTables, all: readonly Located[]): Generator<Located> {
  for (const { resource, object } of all) {
    const now = tables.get(resource, object.metadata.namespace, object.metadata.name);
    if (now && now.metadata.uid === object.metadata.uid) yield { resource, object: now };
  }
}

function disown(tables: ObjectTables, { resource, object }: Located, uid: string | undefined): void {
  const ownerReferences = object.metadata.ownerReferences?.filter((owner) => owner.uid !== uid);
  save(tables, resource, object, withMetadata(object, { ownerReferences }));
}

/** An owner deleted in the foreground goes when its last dependent is gone. */
function releaseForeground(tables: ObjectTables, uid: string): void {
  if (tables.ownedBy(uid).length > 0) return;
  for (const resource of tables.resources()) {
    for (const object of tables.list(resource)) {
      if (object.metadata.uid !== uid || !object.metadata.finalizers?.includes(FOREGROUND)) continue;
      const finalizers = object.metadata.finalizers.filter((finalizer) => finalizer !== FOREGROUND);
      save(tables, resource, object, withMetadata(object, { finalizers }));
    }
  }
}
