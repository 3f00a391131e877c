import { createHash } from 'node:crypto';
import type { KubernetesObject } from '../model/kubernetes.ts';
import { MANAGED_BY, RUN_LABEL, SETUP_LABEL, UNDO_ANNOTATION } from './marks.ts';
import type { Fingerprint } from './record.ts';

/** Digests of the parts of an object that other people may edit, without the marks and routes that are ours. */
export function fingerprint(
  object: KubernetesObject,
  isOurRoute: (route: unknown) => boolean = () => false,
): Fingerprint {
  const { apiVersion: _version, kind: _kind, metadata, status: _status, ...body } = object;
  const { http, ...spec } = (body['spec'] ?? {}) as Record<string, unknown>;
  const routes = Array.isArray(http) ? http : undefined;
  return {
    body: digest({ ...body, spec: routes === undefined ? body['spec'] : spec }),
    routes: (routes ?? []).filter((route) => !isOurRoute(route)).map(digest),
    labels: digest(foreignLabels(metadata.labels)),
    annotations: digest(foreignAnnotations(metadata.annotations)),
  };
}

/** What changed between two fingerprints, in words; empty when nothing did. `body` says what of the body did. */
export function compareFingerprints(
  before: Fingerprint,
  now: Fingerprint,
  body = 'fields other than the HTTP routes changed',
): readonly string[] {
  return [
    ...(before.body === now.body ? [] : [body]),
    ...compareRoutes(before.routes, now.routes),
    ...(before.labels === now.labels ? [] : ['labels changed']),
    ...(before.annotations === now.annotations ? [] : ['annotations changed']),
  ];
}

/** Deep equality of JSON values, whatever the order of keys. */
export function sameJson(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

function compareRoutes(before: readonly string[], now: readonly string[]): string[] {
  if (before.join() === now.join()) return [];
  const added = now.filter((route) => !before.includes(route)).length;
  const removed = before.filter((route) => !now.includes(route)).length;
  if (added === 0 && removed === 0) return ['HTTP routes were put in another order or repeated'];
  const changed = Math.min(added, removed);
  const parts = [
    changed > 0 ? `${changed} changed` : '',
    added > changed ? `${added - changed} added` : '',
    removed > changed ? `${removed - changed} removed` : '',
  ];
  return [`HTTP routes: ${parts.filter((part) => part !== '').join(', ')}`];
}

function foreignLabels(labels: Readonly<Record<string, string>> | undefined): object {
  return Object.fromEntries(
    Object.entries(labels ?? {}).filter(
      ([key, value]) => key !== RUN_LABEL && key !== SETUP_LABEL && !isOurs(key, value),
    ),
  );
}

function isOurs(key: string, value: string): boolean {
  return MANAGED_BY[key as keyof typeof MANAGED_BY] === value;
}

/** Controllers of Kubernetes keep notes under `*.kubernetes.io/`; only kubectl's are a person's. */
function foreignAnnotations(annotations: Readonly<Record<string, string>> | undefined): object {
  const isController = (key: string) => /^[^/]*(?<!kubectl)\.kubernetes\.io\//.test(key);
  return Object.fromEntries(
    Object.entries(annotations ?? {}).filter(([key]) => key !== UNDO_ANNOTATION && !isController(key)),
  );
}

/** A short digest of a JSON value, whatever the order of keys. */
export function digest(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('base64url').slice(0, 12);
}

function canonical(value: unknown): string {
  return JSON.stringify(value ?? null, (_key, entry: unknown) =>
    typeof entry === 'object' && entry !== null && !Array.isArray(entry)
      ? Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1)))
      : entry,
  );
}
