import type { StoredObject } from '../../store.ts';
import { ApiError } from '../api-error.ts';
import { isDryRun, resourceOf } from '../backend.ts';
import type { Call } from '../backend.ts';
import { ok } from '../http.ts';
import type { Reply } from '../http.ts';
import { at, stringAt, stringsAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { checkPreconditions } from '../object-metadata.ts';
import type { RemoveOptions } from '../removal.ts';
import { selectionOf } from '../selectors/selection.ts';
import { decodeBody } from './body.ts';
import { listObjects, inView, named } from './read.ts';

const KEPT_NAMESPACES = new Set(['default', 'kube-system', 'kube-public']);

/** DELETE of one object: the object while finalizers hold it, else a Status with the uid that went. */
export async function removeObject(call: Call): Promise<Reply> {
  const options = await deleteOptions(call);
  const object = named(call);
  const { namespace, name, uid } = object.metadata;
  const resource = resourceOf(call);
  const preconditions = at(options, 'preconditions');
  checkPreconditions(resource, object, {
    uid: stringAt(preconditions, ['uid']) || undefined,
    resourceVersion: stringAt(preconditions, ['resourceVersion']) || undefined,
  });
  if (resource === 'namespaces' && KEPT_NAMESPACES.has(name)) throw mayNotBeDeleted(name);
  const { store } = call.backend;
  const dryRun = onlyAsks(call, options);
  if (!dryRun) store.remove(resource, namespace, name, removeOptions(options));
  const left = store.get(resource, namespace, name);
  if (left?.metadata.uid === uid && left && !dryRun) return ok(inView(call, left));
  const { kind } = call.route;
  const details = { name, group: kind.group || undefined, kind: kind.plural, uid };
  return ok({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details });
}

/** DELETE of a collection: what was selected, as a list. */
export async function removeCollection(call: Call): Promise<Reply> {
  const options = await deleteOptions(call);
  const { kind, namespace } = call.route;
  const resource = resourceOf(call);
  const { store } = call.backend;
  const selected = store.list(resource, namespace).filter(selectionOf(kind, namespace, undefined, call.request.query));
  const reply = listObjects(call);
  if (!onlyAsks(call, options)) for (const object of selected) removeIfThere(call, object, removeOptions(options));
  return reply;
}

function mayNotBeDeleted(name: string): ApiError {
  const message = `namespaces "${name}" is forbidden: this namespace may not be deleted`;
  return new ApiError(403, 'Forbidden', message, { name, kind: 'namespaces' });
}

/** An object of the collection may have gone with its owner. */
function removeIfThere(call: Call, { metadata }: StoredObject, options: RemoveOptions): void {
  const { store } = call.backend;
  const now = store.get(resourceOf(call), metadata.namespace, metadata.name);
  if (now) store.remove(resourceOf(call), metadata.namespace, metadata.name, options);
}

async function deleteOptions(call: Call): Promise<JsonObject> {
  const body = call.body.length > 0 ? await decodeBody(call) : {};
  const { query } = call.request;
  const policy = query.get('propagationPolicy');
  const grace = query.get('gracePeriodSeconds');
  return {
    ...body,
    ...(policy !== null && { propagationPolicy: policy }),
    ...(grace !== null && { gracePeriodSeconds: Number(grace) }),
  };
}

/** kubectl sends a dry run of a deletion in the body, other clients in the query. */
function onlyAsks(call: Call, options: JsonObject): boolean {
  return isDryRun(call) || stringsAt(options, 'dryRun').includes('All');
}

function removeOptions(options: JsonObject): RemoveOptions {
  const policy = options['orphanDependents'] === true ? 'Orphan' : options['propagationPolicy'];
  const grace = options['gracePeriodSeconds'];
  return {
    propagation: policy === 'Orphan' || policy === 'Foreground' ? policy : 'Background',
    gracePeriodSeconds: typeof grace === 'number' ? grace : 'default',
  };
}
