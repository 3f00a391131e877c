import type { StoredObject, Store, StoreEvent } from '../store.ts';
import { alreadyExists } from './api-error.ts';
import type { Change } from './history.ts';
import { checkPreconditions, mergedUpdate, newlyCreated, withMetadata } from './object-metadata.ts';
import { ObjectTables } from './object-tables.ts';
import { removeObject, save } from './removal.ts';
import type { RemoveOptions } from './removal.ts';

/** The store with what only the API server needs: revisions, history and removal options. */
export interface VersionedStore extends Store {
  /** The revision of the last write: what a list answers as its resourceVersion. */
  revision(): number;
  /** Changes of a resource after a revision, oldest first; throws 410 when some of them are no longer kept. */
  changesSince(resource: string, revision: number): Change[];
  /** Changes of every resource from now on. Returns how to stop. */
  onChange(listener: (change: Change) => void): () => void;
  remove(resource: string, namespace: string | undefined, name: string, options?: RemoveOptions): void;
  /** Replaces status and managedFields only; 409 on a stale resourceVersion, if given. */
  replaceStatus(resource: string, object: StoredObject): StoredObject;
  /** Every resource that has or had objects. */
  resources(): string[];
}

/** The objects of the sandbox; the last `historySize` changes are kept for watches to resume from. */
export function createStore(historySize?: number): VersionedStore {
  const tables = new ObjectTables(historySize);

  function replaceStatus(resource: string, object: StoredObject): StoredObject {
    const { namespace, name, managedFields } = object.metadata;
    const current = tables.existing(resource, namespace, name);
    checkPreconditions(resource, current, object.metadata);
    const next = managedFields === undefined ? structuredClone(current) : withMetadata(current, { managedFields });
    if (object['status'] === undefined) delete next['status'];
    else next['status'] = structuredClone(object['status']);
    return save(tables, resource, current, next);
  }

  return {
    get: (resource, namespace, name) => tables.get(resource, namespace, name),
    list: (resource, namespace) => tables.list(resource, namespace),
    create(resource, object) {
      const next = newlyCreated(resource, structuredClone(object));
      const { namespace, name } = next.metadata;
      if (tables.get(resource, namespace, name)) throw alreadyExists(resource, name);
      return tables.put(resource, next);
    },
    update(resource, object) {
      const current = tables.existing(resource, object.metadata.namespace, object.metadata.name);
      checkPreconditions(resource, current, object.metadata);
      return save(tables, resource, current, mergedUpdate(current, structuredClone(object)));
    },
    replaceStatus,
    updateStatus(resource, namespace, name, status) {
      const { apiVersion, kind } = tables.existing(resource, namespace, name);
      return replaceStatus(resource, { apiVersion, kind, metadata: { name, namespace }, status });
    },
    remove: (resource, namespace, name, options) =>
      removeObject(tables, { resource, object: tables.existing(resource, namespace, name) }, options),
    watch: (resource, listener) => watchFromNow(tables, resource, listener),
    revision: () => tables.revision,
    changesSince: (resource, revision) => tables.history.since(resource, revision),
    onChange: (listener) => tables.history.listen(listener),
    resources: () => tables.resources(),
  };
}

function watchFromNow(tables: ObjectTables, resource: string, listener: (event: StoreEvent) => void): () => void {
  // What the listener itself writes while it hears of the existing objects waits in line behind them.
  let line: StoreEvent[] | undefined = tables.list(resource).map((object) => ({ type: 'ADDED', object }));
  const stop = tables.history.listen((change) => {
    if (change.resource !== resource) return;
    const event = { type: change.type, object: change.object };
    if (line) line.push(event);
    else listener(event);
  });
  for (const event of line) listener(event);
  line = undefined;
  return stop;
}
