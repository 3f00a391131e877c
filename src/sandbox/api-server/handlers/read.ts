import type { StoredObject } from '../../store.ts';
import { ApiError, notFound } from '../api-error.ts';
import { resourceOf } from '../backend.ts';
import type { Call } from '../backend.ts';
import { apiVersionOf } from '../catalogue/kind.ts';
import { ok } from '../http.ts';
import type { Reply } from '../http.ts';
import { selectionOf } from '../selectors/selection.ts';
import { metadataOnly, toTable, viewOf } from '../tables/table.ts';
import { listItem, present } from './present.ts';

/** The stored object a call names; 404 when there is none. */
export function named(call: Call): StoredObject {
  const { namespace, name = '' } = call.route;
  const object = call.backend.store.get(resourceOf(call), namespace, name);
  if (!object) throw notFound(resourceOf(call), name);
  return object;
}

/** GET of one object. */
export function getObject(call: Call): Reply {
  return ok(inView(call, named(call)));
}

/** One object as the caller wants to see it. */
export function inView(call: Call, object: StoredObject): unknown {
  const { kind, version } = call.route;
  const { query, headers } = call.request;
  switch (viewOf(headers.accept ?? '')) {
    case 'table':
      return toTable(kind, version, [object], { includeObject: query.get('includeObject') });
    case 'metadata':
      return metadataOnly(object);
    case 'object':
      return present(kind, version, object);
  }
}

/** GET of a collection, with selectors and, when asked for, in pieces. */
export function listObjects(call: Call): Reply {
  const { kind, version, namespace } = call.route;
  const { query, headers } = call.request;
  const selected = call.backend.store
    .list(resourceOf(call), namespace)
    .filter(selectionOf(kind, namespace, undefined, query))
    .sort((a, b) => compare(sortKey(a), sortKey(b)));
  const { items, metadata } = piece(selected, query, String(call.backend.store.revision()));
  const view = viewOf(headers.accept ?? '');
  if (view === 'table')
    return ok(toTable(kind, version, items, { includeObject: query.get('includeObject'), metadata }));
  if (view === 'metadata') {
    return ok({
      kind: 'PartialObjectMetadataList',
      apiVersion: 'meta.k8s.io/v1',
      metadata,
      items: items.map(metadataOnly),
    });
  }
  return ok({
    kind: `${kind.kind}List`,
    apiVersion: apiVersionOf(kind.group, version),
    metadata,
    items: items.map((object) => listItem(kind, version, object)),
  });
}

interface ListMeta {
  readonly [field: string]: unknown;
}

function piece(
  objects: readonly StoredObject[],
  query: URLSearchParams,
  resourceVersion: string,
): { items: readonly StoredObject[]; metadata: ListMeta } {
  const limit = Number(query.get('limit') ?? 0);
  const token = query.get('continue');
  const after = token ? decodeToken(token) : undefined;
  const rest = after === undefined ? objects : objects.filter((object) => compare(sortKey(object), after) > 0);
  const items = limit > 0 ? rest.slice(0, limit) : rest;
  const last = items.at(-1);
  if (items.length === rest.length || !last) return { items, metadata: { resourceVersion } };
  const next = Buffer.from(JSON.stringify({ after: sortKey(last) })).toString('base64url');
  return { items, metadata: { resourceVersion, continue: next, remainingItemCount: rest.length - items.length } };
}

function decodeToken(token: string): string {
  try {
    const { after } = JSON.parse(Buffer.from(token, 'base64url').toString()) as { after: unknown };
    if (typeof after === 'string') return after;
  } catch {
    // Falls through to the refusal: what is no JSON is no token of ours.
  }
  throw new ApiError(400, 'BadRequest', 'continue key is not valid');
}

function sortKey(object: StoredObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
