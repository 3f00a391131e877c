import type { StoredObject } from '../store.ts';
import { notFound } from './api-error.ts';
import { createHistory } from './history.ts';
import type { History } from './history.ts';

/** An object with the resource it belongs to. */
export interface Located {
  readonly resource: string;
  readonly object: StoredObject;
}

/** Every stored object by resource, namespace and name; each write takes the next revision and goes into the history. */
export class ObjectTables {
  readonly history: History;
  revision = 1;
  private readonly tables = new Map<string, Map<string, StoredObject>>();

  constructor(historySize?: number) {
    this.history = createHistory(historySize);
  }

  get(resource: string, namespace: string | undefined, name: string): StoredObject | undefined {
    return this.tables.get(resource)?.get(keyOf(namespace, name));
  }

  /** As `get`, but 404 when there is none. */
  existing(resource: string, namespace: string | undefined, name: string): StoredObject {
    const found = this.get(resource, namespace, name);
    if (!found) throw notFound(resource, name);
    return found;
  }

  list(resource: string, namespace?: string): StoredObject[] {
    const objects = [...(this.tables.get(resource)?.values() ?? [])];
    return namespace === undefined ? objects : objects.filter((object) => object.metadata.namespace === namespace);
  }

  resources(): string[] {
    return [...this.tables.keys()];
  }

  ownedBy(uid: string | undefined): Located[] {
    if (!uid) return [];
    return this.resources().flatMap((resource) =>
      this.list(resource)
        .filter((object) => object.metadata.ownerReferences?.some((owner) => owner.uid === uid))
        .map((object) => ({ resource, object })),
    );
  }

  /** Stores `next` as the newest revision. The object is frozen: whoever reads it cannot change it by accident. */
  put(resource: string, next: StoredObject, before?: StoredObject): StoredObject {
    const object = this.stamp(next);
    const { namespace, name } = object.metadata;
    const table = this.tables.get(resource) ?? new Map<string, StoredObject>();
    this.tables.set(resource, table.set(keyOf(namespace, name), object));
    const type = before ? 'MODIFIED' : 'ADDED';
    this.history.append({ type, resource, revision: this.revision, object, before });
    return object;
  }

  drop(resource: string, object: StoredObject): StoredObject {
    this.tables.get(resource)?.delete(keyOf(object.metadata.namespace, object.metadata.name));
    const last = this.stamp(structuredClone(object));
    this.history.append({ type: 'DELETED', resource, revision: this.revision, object: last });
    return last;
  }

  private stamp(object: StoredObject): StoredObject {
    this.revision += 1;
    object.metadata.resourceVersion = String(this.revision);
    return freeze(object);
  }
}

function keyOf(namespace: string | undefined, name: string): string {
  return `${namespace ?? ''}/${name}`;
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    for (const each of Object.values(value)) freeze(each);
    Object.freeze(value);
  }
  return value;
}
