import type { Drift } from '../model/event.ts';
import type { JsonObject } from '../model/json.ts';
import type { KubernetesObject } from '../model/kubernetes.ts';
import { driftOf } from './drift.ts';
import { compareFingerprints, fingerprint, sameJson } from './fingerprint.ts';
import {
  addRecord,
  findRecord,
  MANAGED_BY,
  recordsOf,
  removeRecord,
  replaceRecord,
  RUN_LABEL,
  SETUP_ID,
  withMaps,
} from './marks.ts';
import type { DeleteIfOurs, OriginalValues, Restore, UndoRecord } from './record.ts';
import { isRouteOf, joinRoutes, splitRoutes } from './routes.ts';
import { takeBack } from './three-way.ts';

type Values = Readonly<Record<string, string>>;

/** The object to write so that `manifest` holds, with its undo record: a new one, or `now` with the manifest's fields. */
export function applyManifest(
  run: string,
  manifest: KubernetesObject,
  now: KubernetesObject | undefined,
): KubernetesObject {
  const body = bodyOf(manifest);
  const labels = withoutOwn(manifest.metadata.labels);
  const annotations = withoutOwn(manifest.metadata.annotations);
  if (now === undefined) return newObject(run, manifest, labels, annotations);
  const record: UndoRecord = {
    v: 1,
    run,
    id: SETUP_ID,
    undo: 'restore',
    original: pick(now, Object.keys(body)),
    applied: body,
    labels: originals(now.metadata.labels, labels),
    annotations: originals(now.metadata.annotations, annotations),
    appliedLabels: labels,
    appliedAnnotations: annotations,
    before: fingerprint(now),
  };
  const edited = withMaps(
    { ...now, ...body },
    {
      labels: { ...now.metadata.labels, ...labels },
      annotations: { ...now.metadata.annotations, ...annotations },
    },
  );
  return addRecord(edited, record);
}

/** What was stored instead of what we sent (defaults, webhooks), noted in the record; undefined when it is the same. */
export function noteStored(run: string, stored: KubernetesObject): KubernetesObject | undefined {
  const record = findRecord(stored, { run, id: SETUP_ID });
  if (record?.undo === 'delete-if-ours') {
    const created = fingerprint(stored);
    return sameJson(created, record.created) ? undefined : replaceRecord(stored, { ...record, created });
  }
  if (record?.undo !== 'restore') return undefined;
  const applied = pick(stored, Object.keys(record.applied));
  return sameJson(applied, record.applied) ? undefined : replaceRecord(stored, { ...record, applied });
}

/** What to do with an object to take our setup back. */
export type SetupUndo = { readonly drift: readonly Drift[]; readonly detail: string } & (
  { readonly action: 'none' | 'delete' } | { readonly action: 'replace'; readonly object: KubernetesObject }
);

/** Takes the setup of `run` back from an object, and nothing else. */
export function undoManifest(run: string, now: KubernetesObject): SetupUndo {
  const record = recordsOf(now).find((entry) => entry.run === run && entry.id === SETUP_ID);
  const undo = undoRecorded(now, record);
  if (record === undefined || now.metadata.labels?.[RUN_LABEL] === run) return undo;
  return { ...undo, drift: [...undo.drift, ...driftOf(now, ['our label was changed or removed'])] };
}

function undoRecorded(now: KubernetesObject, record: UndoRecord | undefined): SetupUndo {
  if (record?.undo === 'delete-if-ours') return undoCreation(now, record);
  if (record?.undo === 'restore') return undoEdit(now, record);
  return { action: 'none', drift: [], detail: 'carries no setup of this run' };
}

function newObject(run: string, manifest: KubernetesObject, labels: Values, annotations: Values): KubernetesObject {
  const { status: _status, ...rest } = manifest;
  const { name, namespace } = manifest.metadata;
  const metadata = { name, ...(namespace !== undefined && { namespace }) };
  const object = withMaps({ ...rest, metadata }, { labels: { ...labels, ...MANAGED_BY }, annotations });
  return addRecord(object, { v: 1, run, id: SETUP_ID, undo: 'delete-if-ours', created: fingerprint(object) });
}

function undoCreation(now: KubernetesObject, record: UndoRecord & DeleteIfOurs): SetupUndo {
  const prefixes = recordsOf(now).flatMap((entry) => (entry.undo === 'remove-routes' ? [entry.prefix] : []));
  const isOurs = (route: unknown) => prefixes.some((prefix) => isRouteOf(prefix, route));
  const found = fingerprint(now, isOurs);
  // A generation of 1 says that nobody changed the spec since it was created, whatever defaults the server filled in.
  const body = now.metadata.generation === 1 ? record.created.body : found.body;
  const changes = compareFingerprints(record.created, { ...found, body });
  if (changes.length === 0) return { action: 'delete', drift: [], detail: 'created by this run; deleted' };
  const kept = dropManagedBy(removeRecord(now, record));
  return { action: 'replace', object: kept, drift: driftOf(now, changes), detail: 'somebody changed it; kept' };
}

function undoEdit(now: KubernetesObject, record: UndoRecord & Restore): SetupUndo {
  const prefixes = recordsOf(now).flatMap((entry) => (entry.undo === 'remove-routes' ? [entry.prefix] : []));
  const { object: bare, routes } = splitRoutes(now, prefixes);
  const body: Record<string, unknown> = {};
  const changes: string[] = [];
  for (const key of new Set([...Object.keys(record.original), ...Object.keys(record.applied)])) {
    const merge = takeBack(record.original[key], record.applied[key], bare[key], key);
    body[key] = merge.value;
    changes.push(...merge.theirs.map((path) => describeChange(path, merge.conflicts)));
  }
  const labels = restoreValues(now.metadata.labels, record.labels, record.appliedLabels);
  const annotations = restoreValues(now.metadata.annotations, record.annotations, record.appliedAnnotations);
  const restored = withMaps(withFields(bare, body), { labels, annotations });
  const object = removeRecord(joinRoutes(restored, routes), record);
  const after = fingerprint(restored);
  if (after.labels !== record.before.labels) changes.push('labels changed');
  if (after.annotations !== record.before.annotations) changes.push('annotations changed');
  return { action: 'replace', object, drift: driftOf(now, changes), detail: 'put back as it was' };
}

function describeChange(path: string, conflicts: readonly string[]): string {
  return conflicts.includes(path)
    ? `${path} was changed by somebody else after us; their value stays`
    : `${path} was changed by somebody else; kept`;
}

/** Puts back the values that still are as we wrote them; what somebody changed since stays. */
function restoreValues(now: Values | undefined, before: OriginalValues, applied: Values): Values {
  const values: Record<string, string> = { ...now };
  for (const [key, original] of Object.entries(before)) {
    if (values[key] !== applied[key]) continue;
    if (original === null) delete values[key];
    else values[key] = original;
  }
  return values;
}

function dropManagedBy(object: KubernetesObject): KubernetesObject {
  const labels = Object.entries(object.metadata.labels ?? {}).filter(([key]) => !(key in MANAGED_BY));
  return withMaps(object, { labels: Object.fromEntries(labels), annotations: object.metadata.annotations });
}

function withFields(object: KubernetesObject, fields: Readonly<Record<string, unknown>>): KubernetesObject {
  const next: Record<string, unknown> = { ...object };
  for (const [key, value] of Object.entries(fields)) {
    if (value === undefined) delete next[key];
    else next[key] = value;
  }
  return next as KubernetesObject;
}

/** Everything that a manifest says besides its identity; status is the cluster's. */
function bodyOf(object: KubernetesObject): JsonObject {
  const { apiVersion: _version, kind: _kind, metadata: _metadata, status: _status, ...body } = object;
  return body as JsonObject;
}

function pick(object: KubernetesObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(
    keys.filter((key) => object[key] !== undefined).map((key) => [key, object[key]]),
  ) as JsonObject;
}

function originals(now: Values | undefined, applied: Values): OriginalValues {
  return Object.fromEntries(Object.keys(applied).map((key) => [key, now?.[key] ?? null]));
}

function withoutOwn(values: Values | undefined): Values {
  return Object.fromEntries(Object.entries(values ?? {}).filter(([key]) => !key.startsWith('holdfast.dev/')));
}
