import { isDeepStrictEqual } from 'node:util';
import type { StoredObject } from '../store.ts';
import { isObject } from './json.ts';
import { timestamp, withMetadata } from './object-metadata.ts';
import type { Located, ObjectTables } from './object-tables.ts';

/** How the dependents of a removed object are treated. */
export type Propagation = 'Background' | 'Foreground' | 'Orphan';

const FOREGROUND = 'foregroundDeletion';

/** Stores a changed object, or drops it when it was waiting for its last finalizer to go. Equal objects write nothing. */
export function save(tables: ObjectTables, resource: string, current: StoredObject, next: StoredObject): StoredObject {
  if (isDeepStrictEqual(current, next)) return current;
  if (next.metadata.deletionTimestamp && holders(next).length === 0) return drop(tables, resource, next);
  return tables.put(resource, next, current);
}

/** Removes an object, or marks it while finalizers hold it; its dependents follow as `propagation` says. */
export function removeObject(
  tables: ObjectTables,
  { resource, object }: Located,
  propagation: Propagation = 'Background',
): void {
  const owned = tables.ownedBy(object.metadata.uid);
  if (propagation === 'Orphan')
    for (const each of currentOnes(tables, owned)) disown(tables, each, object.metadata.uid);
  const foreground = propagation === 'Foreground' && owned.length > 0;
  const finalizers = [...new Set([...(object.metadata.finalizers ?? []), ...(foreground ? [FOREGROUND] : [])])];
  if (finalizers.length + specFinalizers(object).length === 0) {
    drop(tables, resource, object);
    return;
  }
  const deletionTimestamp = object.metadata.deletionTimestamp ?? timestamp();
  save(
    tables,
    resource,
    object,
    withMetadata(object, { finalizers, deletionTimestamp, deletionGracePeriodSeconds: 0 }),
  );
  if (foreground) for (const each of currentOnes(tables, owned)) removeObject(tables, each, propagation);
}

function drop(tables: ObjectTables, resource: string, object: StoredObject): StoredObject {
  const last = tables.drop(resource, object);
  for (const each of currentOnes(tables, tables.ownedBy(last.metadata.uid))) {
    if (each.object.metadata.ownerReferences?.length === 1) removeObject(tables, each);
    else disown(tables, each, last.metadata.uid);
  }
  for (const owner of last.metadata.ownerReferences ?? []) releaseForeground(tables, owner.uid);
  return last;
}

function holders(object: StoredObject): readonly unknown[] {
  return [...(object.metadata.finalizers ?? []), ...specFinalizers(object)];
}

/** Namespaces are held by a list in their spec, until they are empty. */
function specFinalizers(object: StoredObject): readonly unknown[] {
  const spec = object.kind === 'Namespace' ? object['spec'] : undefined;
  return isObject(spec) && Array.isArray(spec['finalizers']) ? spec['finalizers'] : [];
}

/** Each as it is when its turn comes: a listener may have changed or removed it since. */
function* currentOnes(tables: ObjectTables, all: readonly Located[]): Generator<Located> {
  for (const { resource, object } of all) {
    const now = tables.get(resource, object.metadata.namespace, object.metadata.name);
    if (now?.metadata.uid === object.metadata.uid && now) yield { resource, object: now };
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
