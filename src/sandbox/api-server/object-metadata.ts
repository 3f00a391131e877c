import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { StoredMeta, StoredObject } from '../store.ts';
import { conflict, staleWrite } from './api-error.ts';
import { serverNow } from './intervention/server-clock.ts';

/** Kinds with a spec whose generation real API servers leave out. */
const WITHOUT_GENERATION = new Set(['services', 'nodes', 'namespaces', 'pods', 'leases.coordination.k8s.io']);

/** A new object with the metadata only the server gives: uid, creationTimestamp, generation, generated name. */
export function newlyCreated(resource: string, object: StoredObject): StoredObject {
  const { generateName } = object.metadata;
  if (!object.metadata.name && typeof generateName === 'string') object.metadata.name = generateName + randomSuffix();
  object.metadata.uid = randomUUID();
  object.metadata.creationTimestamp = timestamp();
  delete object.metadata.deletionTimestamp;
  if (object['spec'] !== undefined && !WITHOUT_GENERATION.has(resource)) object.metadata.generation = 1;
  else delete object.metadata.generation;
  return object;
}

/** What becomes of an update: the server's own metadata and the status stay, everything else is the writer's. */
export function mergedUpdate(current: StoredObject, next: StoredObject): StoredObject {
  const { uid, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds, generation, resourceVersion } =
    current.metadata;
  const own = { uid, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds, generation, resourceVersion };
  Object.assign(next.metadata, own);
  if (current['status'] === undefined) delete next['status'];
  else next['status'] = structuredClone(current['status']);
  if (generation !== undefined && !isDeepStrictEqual(content(current), content(next))) {
    next.metadata.generation = generation + 1;
  }
  for (const [field, value] of Object.entries(next.metadata)) if (value === undefined) delete next.metadata[field];
  return next;
}

/** A copy with some metadata replaced; emptied lists disappear. */
export function withMetadata(object: StoredObject, meta: Partial<StoredMeta>): StoredObject {
  const copy = structuredClone(object);
  Object.assign(copy.metadata, structuredClone(meta));
  for (const field of ['finalizers', 'ownerReferences'] as const) {
    if (!copy.metadata[field]?.length) delete copy.metadata[field];
  }
  return copy;
}

/** Refuses with 409 when the writer's uid or resourceVersion, where given, is not the stored one. */
export function checkPreconditions(resource: string, current: StoredObject, wanted: Partial<StoredMeta>): void {
  const { name, uid, resourceVersion } = current.metadata;
  if (wanted.uid && wanted.uid !== uid) {
    const why = `Precondition failed: UID in precondition: ${wanted.uid}, UID in object meta: ${uid}`;
    throw conflict(resource, name, why);
  }
  if (wanted.resourceVersion && wanted.resourceVersion !== resourceVersion) throw staleWrite(resource, name);
}

/** Now, or some seconds later, as RFC 3339 with whole seconds: the form of every timestamp in object metadata. */
export function timestamp(later = 0): string {
  return new Date(serverNow() + later * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
}

function content(object: StoredObject): unknown {
  const { apiVersion: _apiVersion, kind: _kind, metadata: _metadata, status: _status, ...rest } = object;
  return rest;
}

function randomSuffix(): string {
  return randomUUID().replaceAll('-', '').slice(0, 5);
}
