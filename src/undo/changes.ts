import type { KubernetesObject } from '../model/kubernetes.ts';
import { compareFingerprints, fingerprint, sameJson } from './fingerprint.ts';
import { readableRecords, RUN_LABEL, SETUP_LABEL, UNDO_ANNOTATION } from './marks.ts';
import { httpRoutes, isRouteOf } from './routes.ts';

/** What somebody changed on an object, our marks and routes included, in words; empty when nothing did. */
export function changesBetween(last: KubernetesObject, now: KubernetesObject): readonly string[] {
  if (last.metadata.uid !== now.metadata.uid) return ['it was deleted and created anew'];
  const prefixes = (readableRecords(last) ?? []).flatMap((it) => (it.undo === 'remove-routes' ? [it.prefix] : []));
  const isOurs = (route: unknown): boolean => prefixes.some((prefix) => isRouteOf(prefix, route));
  const others = compareFingerprints(
    fingerprint(last, isOurs),
    fingerprint(now, isOurs),
    changedPaths(bodyOf(last), bodyOf(now)),
  );
  const ours = compareOwnRoutes(last, now, isOurs);
  const changes = [...others, ...ours, ...compareMarks(last, now)];
  if (changes.length === 0 && !sameJson(httpRoutes(last), httpRoutes(now))) changes.push('our routes were moved');
  if (last.metadata.deletionTimestamp === undefined && now.metadata.deletionTimestamp !== undefined) {
    return [...changes, 'it was deleted, which waits for a finalizer'];
  }
  return changes.length === 0 && isRewritten(last, now) ? ['its spec was changed, and changed back'] : changes;
}

/** Everything that people write besides metadata and HTTP routes. */
function bodyOf(object: KubernetesObject): unknown {
  const { apiVersion: _version, kind: _kind, metadata: _metadata, status: _status, ...body } = object;
  const { http, ...spec } = (body['spec'] ?? {}) as Readonly<Record<string, unknown>>;
  return Array.isArray(http) ? { ...body, spec } : body;
}

const MOST_PATHS = 4;

function changedPaths(last: unknown, now: unknown): string {
  const paths = pathsBetween(last, now, '');
  const more = paths.length > MOST_PATHS ? ` and ${paths.length - MOST_PATHS} more` : '';
  return `${paths.slice(0, MOST_PATHS).join(', ')}${more} changed`;
}

function pathsBetween(last: unknown, now: unknown, path: string): readonly string[] {
  if (sameJson(last, now)) return [];
  if (!isMap(last) || !isMap(now)) return [path];
  const keys = [...new Set([...Object.keys(last), ...Object.keys(now)])];
  return keys.flatMap((key) => pathsBetween(last[key], now[key], path === '' ? key : `${path}.${key}`));
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function compareOwnRoutes(
  last: KubernetesObject,
  now: KubernetesObject,
  isOurs: (route: unknown) => boolean,
): readonly string[] {
  const there = new Map(httpRoutes(now).map((route) => [nameOf(route), route]));
  const ours = httpRoutes(last).filter(isOurs);
  const lost = ours.filter((route) => !there.has(nameOf(route))).length;
  const edited = ours.filter((route) => there.has(nameOf(route)) && !sameJson(there.get(nameOf(route)), route)).length;
  return [
    ...(edited === 0 ? [] : [`${edited} of our routes were changed`]),
    ...(lost === 0 ? [] : [`${lost} of our routes were renamed or removed`]),
  ];
}

function nameOf(route: unknown): unknown {
  return (route as { readonly name?: unknown }).name;
}

function compareMarks(last: KubernetesObject, now: KubernetesObject): readonly string[] {
  const isSame = (map: 'labels' | 'annotations', key: string): boolean =>
    last.metadata[map]?.[key] === now.metadata[map]?.[key];
  const runs = new Set(readableRecords(last)?.map(({ run }) => run));
  const other = readableRecords(now)?.find(({ run }) => !runs.has(run));
  if (other !== undefined) return [`our marks were taken off, and another run holds it now: ${other.run}`];
  const label = isSame('labels', RUN_LABEL) && isSame('labels', SETUP_LABEL);
  return [
    ...(label ? [] : ['our label was changed or removed']),
    ...(isSame('annotations', UNDO_ANNOTATION) ? [] : ['our undo record was changed or removed']),
  ];
}

/** Every change of the spec counts as a generation, where the kind has one. */
function isRewritten({ metadata: last }: KubernetesObject, { metadata: now }: KubernetesObject): boolean {
  return last.generation !== undefined && now.generation !== undefined && last.generation !== now.generation;
}
