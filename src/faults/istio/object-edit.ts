import type { Millis } from '../../model/clock.ts';
import type { Drift } from '../../model/event.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import { driftOf } from '../../undo/drift.ts';
import { compareFingerprints, fingerprint, sameJson } from '../../undo/fingerprint.ts';
import {
  addRecord,
  findRecord,
  MANAGED_BY,
  readableRecords,
  recordsOf,
  removeRecord,
  RUN_LABEL,
  SETUP_LABEL,
  UNDO_ANNOTATION,
  withMaps,
  withoutMarks,
} from '../../undo/marks.ts';
import type { Fingerprint } from '../../undo/record.ts';
import { httpRoutes, isRouteOf, namelessDigest, splitRenamed, splitRoutes, withHttpRoutes } from '../../undo/routes.ts';
import type { ServiceName } from './host.ts';
import { CREATE_ID, createdName, isCreatedName, parseRouteName } from './names.ts';
import type { HttpRoute } from './virtual-service.ts';

/** Says whose a fault's routes and record are. */
export interface Mark {
  readonly run: string;
  readonly id: string;
  readonly prefix: string;
}

/** The object's routes that no fault of ours put in. */
export function foreignRoutes(object: KubernetesObject): readonly HttpRoute[] {
  return httpRoutes(splitRoutes(object, prefixesOn(object)).object) as readonly HttpRoute[];
}

/** The object with each copy directly in front of its original, label and undo record in the same write. */
export function insertCopies(
  object: KubernetesObject,
  copies: ReadonlyMap<HttpRoute, HttpRoute>,
  mark: Mark,
  lingerMs: Millis,
): KubernetesObject {
  const before = fingerprint(object, ourRoutes(object));
  let n = 0;
  const http = (httpRoutes(object) as readonly HttpRoute[]).flatMap((route) => {
    const copy = copies.get(route);
    if (copy === undefined) return [route];
    n += 1;
    return [{ name: `${mark.prefix}-${n}`, ...copy }, route];
  });
  const digests = [...copies.values()].map(namelessDigest);
  const record = { v: 1, ...mark, undo: 'remove-routes', routes: n, copies: digests, lingerMs, before } as const;
  return addRecord(withHttpRoutes(object, http), record);
}

/** A VirtualService that changes nothing: every request to the service goes where it went without one. */
export function plainVirtualService(service: ServiceName, run: string, apiVersion: string): KubernetesObject {
  const object: KubernetesObject = {
    apiVersion,
    kind: 'VirtualService',
    metadata: { name: createdName(run, service.name), namespace: service.namespace, labels: { ...MANAGED_BY } },
    spec: { hosts: [service.name], http: [{ route: [{ destination: { host: service.name } }] }] },
  };
  return addRecord(object, { v: 1, run, id: CREATE_ID, undo: 'delete-if-ours', created: fingerprint(object) });
}

/** What to do with an object to take one fault back. */
export type TakeBack = { readonly drift: readonly Drift[] } & (
  { readonly action: 'none' | 'delete' } | { readonly action: 'replace'; readonly object: KubernetesObject }
);

/**
 * Takes one fault's routes and record out; the object itself too, if this run created it and nobody added to it. `stored`
 * is how the object was stored with the fault, where that is known: it tells our routes also under other names.
 */
export function removeCopies(object: KubernetesObject, mark: Mark, stored?: KubernetesObject): TakeBack {
  const record = findRecord(object, mark);
  const { bare, routes, renamed } = splitCopies(object, mark, stored);
  if (record === undefined && routes.length + renamed.length === 0) return { action: 'none', drift: [] };
  const clean = removeRecord(bare, mark);
  const changes: string[] = [];
  if (record?.undo === 'remove-routes') {
    changes.push(...compareFingerprints(record.before, fingerprint(clean, ourRoutes(clean))));
    if (routes.length < record.routes)
      changes.push(`${record.routes - routes.length} of our routes were renamed or removed`);
    if (object.metadata.labels?.[RUN_LABEL] !== mark.run) changes.push('our label was changed or removed');
  } else changes.push('our undo record was removed');
  return finish(object, clean, changes, mark.run);
}

/** Whether an object has routes of the fault, also under other names. */
export function isIn(object: KubernetesObject, mark: Mark, stored?: KubernetesObject): boolean {
  const { routes, renamed } = splitCopies(object, mark, stored);
  return routes.length + renamed.length > 0;
}

/** Our routes that somebody gave other names. */
export function renamedCopies(object: KubernetesObject, mark: Mark): readonly unknown[] {
  return splitCopies(object, mark).renamed;
}

interface Split {
  readonly bare: KubernetesObject;
  /** By their names. */
  readonly routes: readonly unknown[];
  readonly renamed: readonly unknown[];
}

function splitCopies(object: KubernetesObject, mark: Mark, stored?: KubernetesObject): Split {
  const { object: bare, routes } = splitRoutes(object, [mark.prefix]);
  const record = readableRecords(object)?.find(({ run, id }) => run === mark.run && id === mark.id);
  const known = stored === undefined ? [] : splitRoutes(stored, [mark.prefix]).routes.map(namelessDigest);
  const [count, copies = []] = record?.undo === 'remove-routes' ? [record.routes, record.copies] : [known.length];
  const other = splitRenamed(bare, new Set([...known, ...copies]), Math.max(0, count - routes.length));
  return { bare: other.object, routes, renamed: other.routes };
}

/** The same for an object whose marks cannot be read, by the run that made them and remembers what it did. */
export function removeUnreadable(object: KubernetesObject, mark: Mark): TakeBack {
  const bare = splitRoutes(object, [mark.prefix]).object;
  const drift = driftOf(object, ['our undo record was removed or made unreadable']);
  return { action: 'replace', object: withoutMarks(bare), drift };
}

/**
 * The same for an object whose record is gone while its label is still there, where it can be shown that nothing else of
 * ours is in it: a fault's routes are known by their names, an object that we created is if nobody added to it, and a setup
 * has a label of its own. Undefined where a person has to judge.
 */
export function removeUnrecorded(object: KubernetesObject, { run, prefix }: Mark): TakeBack | undefined {
  const { labels = {}, annotations = {}, name } = object.metadata;
  const isSetUp = labels[SETUP_LABEL] !== undefined;
  if (annotations[UNDO_ANNOTATION] !== undefined || labels[RUN_LABEL] !== run || isSetUp) return undefined;
  const { object: bare } = splitRoutes(object, [prefix]);
  if (httpRoutes(bare).some((route) => routeOwner(route) === run)) {
    return { action: 'replace', object: bare, drift: driftOf(object, ['our undo record was removed']) };
  }
  if (isCreatedName(run, name)) return isPlain(bare, run) ? { action: 'delete', drift: [] } : undefined;
  const detail = 'our undo record was removed; no route of the run is left in it, so its label was taken off';
  return { action: 'replace', object: withoutMarks(bare), drift: driftOf(object, [detail]) };
}

function routeOwner(route: unknown): string | undefined {
  return parseRouteName((route as { readonly name?: string }).name ?? '')?.run;
}

/** Whether a VirtualService of this run is what `plainVirtualService` made. */
function isPlain({ apiVersion, metadata, spec }: KubernetesObject, run: string): boolean {
  const [name = ''] = (spec as { readonly hosts?: readonly string[] }).hosts ?? [];
  const plain = plainVirtualService({ name, namespace: metadata.namespace ?? '' }, run, apiVersion);
  return metadata.name === plain.metadata.name && sameJson(spec, plain['spec']);
}

/** The object with our routes out, although its marks cannot be read; undefined when there are none. */
export function removeRoutesOnly(object: KubernetesObject, prefix: string): KubernetesObject | undefined {
  const { object: bare, routes } = splitRoutes(object, [prefix]);
  return routes.length === 0 ? undefined : bare;
}

function finish(object: KubernetesObject, clean: KubernetesObject, changes: readonly string[], run: string): TakeBack {
  const [last, ...more] = recordsOf(clean);
  const drift = driftOf(object, changes);
  if (last?.undo !== 'delete-if-ours' || last.id !== CREATE_ID || last.run !== run || more.length > 0) {
    return { action: 'replace', object: clean, drift };
  }
  if (isUntouched(last.created, clean)) return { action: 'delete', drift };
  const labels = Object.entries(clean.metadata.labels ?? {}).filter(([key]) => !(key in MANAGED_BY));
  const { annotations } = clean.metadata;
  const kept = withMaps(clean, { labels: Object.fromEntries(labels), annotations });
  return { action: 'replace', object: removeRecord(kept, last), drift };
}

function isUntouched(created: Fingerprint, now: KubernetesObject): boolean {
  const foreignFinalizer = (now.metadata.finalizers ?? []).length > 0;
  return !foreignFinalizer && compareFingerprints(created, fingerprint(now)).length === 0;
}

function ourRoutes(object: KubernetesObject): (route: unknown) => boolean {
  const prefixes = prefixesOn(object);
  return (route) => prefixes.some((prefix) => isRouteOf(prefix, route));
}

function prefixesOn(object: KubernetesObject): string[] {
  return recordsOf(object).flatMap((record) => (record.undo === 'remove-routes' ? [record.prefix] : []));
}
