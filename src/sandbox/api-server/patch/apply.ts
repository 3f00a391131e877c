import { isDeepStrictEqual } from 'node:util';
import type { StoredObject } from '../../store.ts';
import { ApiError } from '../api-error.ts';
import { isObject } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { timestamp } from '../object-metadata.ts';
import { elementsOf, fieldPaths, itemOf, pathOf, readable } from './field-paths.ts';
import type { FieldPaths } from './field-paths.ts';
import { listType, sameKeys } from './list-type.ts';
import { managersOf, owning, toManagedFields } from './managed-fields.ts';
import type { Manager } from './managed-fields.ts';
import { removeField } from './remove-field.ts';

/** Who applies, and how. */
export interface Applier {
  readonly manager: string;
  readonly apiVersion: string;
  readonly force: boolean;
  readonly custom: boolean;
}

/**
 * Server-side apply: merges the configuration into the object, takes out what the manager applied before and no longer
 * does, and records ownership. 409 when a field that somebody else owns would change, unless forced.
 */
export function applyConfiguration(
  current: StoredObject | undefined,
  configuration: StoredObject,
  applier: Applier,
): StoredObject {
  const applied = fieldPaths(configuration, applier.custom);
  const live: FieldPaths = current ? fieldPaths(current, applier.custom) : new Map<string, unknown>();
  const managers = managersOf(current);
  const isApplier = (each: Manager): boolean => each.manager === applier.manager && each.operation === 'Apply';
  const others = managers.filter((each) => !isApplier(each));
  const contested = conflictsOf(others, applied, live);
  if (contested.length > 0 && !applier.force) throw applyConflict(contested);

  const next = mergeApplied(structuredClone(current ?? {}), configuration, applier.custom) as StoredObject;
  const previous = managers.find(isApplier);
  const owned = new Set(others.flatMap((each) => [...each.paths]));
  const kept = withParents([...applied.keys(), ...owned]);
  const isOwned = (path: string): boolean => kept.has(itemOf(path));
  for (const path of previous?.paths ?? []) {
    if (!isOwned(path)) removeField(next, path, isOwned);
  }
  const lost = new Set(contested.map((conflict) => conflict.path));
  const entries = managers.map((each) =>
    each === previous
      ? owning({ ...each, apiVersion: applier.apiVersion }, new Set(applied.keys()))
      : { ...each, paths: new Set([...each.paths].filter((path) => !lost.has(path))) },
  );
  const { manager, apiVersion } = applier;
  const added: Manager = { manager, operation: 'Apply', apiVersion, time: timestamp(), paths: new Set(applied.keys()) };
  next.metadata['managedFields'] = toManagedFields(previous ? entries : [...entries, added]);
  return next;
}

/** What was owned as an empty object or list is owned through its content now. */
function withParents(paths: readonly string[]): ReadonlySet<string> {
  const all = new Set<string>();
  for (const path of paths) {
    const elements = elementsOf(path);
    for (let length = 1; length <= elements.length; length += 1) all.add(pathOf(elements.slice(0, length)));
  }
  return all;
}

interface FieldConflict {
  readonly manager: Manager;
  readonly path: string;
}

function conflictsOf(others: readonly Manager[], applied: FieldPaths, live: FieldPaths): FieldConflict[] {
  const changing = [...applied].filter(([path, value]) => live.has(path) && !isDeepStrictEqual(live.get(path), value));
  return others.flatMap((manager) =>
    changing.filter(([path]) => manager.paths.has(path)).map(([path]) => ({ manager, path })),
  );
}

function applyConflict(conflicts: readonly FieldConflict[]): ApiError {
  const causes = conflicts.map(({ manager, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with "${manager.manager}" using ${manager.apiVersion}`,
    field: readable(path),
  }));
  const [first] = causes;
  const text =
    causes.length === 1
      ? `1 conflict: ${first?.message}: ${first?.field}`
      : `${causes.length} conflicts: ${causes.map((cause) => `${cause.message}:\n- ${cause.field}`).join('\n')}`;
  return new ApiError(409, 'Conflict', `Apply failed with ${text}`, { causes });
}

function mergeApplied(current: JsonObject, applied: JsonObject, custom: boolean): JsonObject {
  for (const [field, value] of Object.entries(applied)) {
    const existing = Object.hasOwn(current, field) ? current[field] : undefined;
    if (isObject(value) && isObject(existing)) current[field] = mergeApplied(existing, value, custom);
    else if (Array.isArray(value) && Array.isArray(existing)) {
      current[field] = mergeLists(field, existing, value, custom);
    } else current[field] = structuredClone(value);
  }
  return current;
}

function mergeLists(field: string, existing: unknown[], applied: unknown[], custom: boolean): unknown[] {
  const type = applied.length === 0 ? 'atomic' : listType(field, applied, custom);
  if (type === 'atomic') return structuredClone(applied);
  if (type === 'set') return [...new Set([...existing, ...applied])];
  const result = [...existing];
  for (const item of applied.filter(isObject)) {
    const index = result.findIndex((each) => sameKeys(type.keys, each, item));
    const partner = result[index];
    if (isObject(partner)) result[index] = mergeApplied(partner, item, custom);
    else result.push(structuredClone(item));
  }
  return result;
}
