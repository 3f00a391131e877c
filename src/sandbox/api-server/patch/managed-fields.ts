import { isDeepStrictEqual } from 'node:util';
import type { StoredObject } from '../../store.ts';
import { isObject } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { timestamp } from '../object-metadata.ts';
import { fieldPaths, fromFieldsV1, toFieldsV1 } from './field-paths.ts';

/** One entry of metadata.managedFields, its paths read. */
export interface Manager {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly time: string;
  readonly paths: ReadonlySet<string>;
}

/** Reads metadata.managedFields; entries for subresources and of unknown form are left out. */
export function managersOf(object: StoredObject | undefined): Manager[] {
  const entries = object?.metadata['managedFields'];
  if (!Array.isArray(entries)) return [];
  return entries.filter(isObject).flatMap((entry) => {
    if (typeof entry['manager'] !== 'string') return [];
    return [
      {
        manager: entry['manager'],
        operation: entry['operation'] === 'Apply' ? ('Apply' as const) : ('Update' as const),
        apiVersion: String(entry['apiVersion']),
        time: String(entry['time']),
        paths: new Set(fromFieldsV1(entry['fieldsV1'])),
      },
    ];
  });
}

/** Writes managers back; those who own nothing any more are gone. */
export function toManagedFields(managers: readonly Manager[]): JsonObject[] {
  return managers
    .filter((manager) => manager.paths.size > 0)
    .map(({ manager, operation, apiVersion, time, paths }) => ({
      manager,
      operation,
      apiVersion,
      time,
      fieldsType: 'FieldsV1',
      fieldsV1: toFieldsV1(paths),
    }));
}

/** An entry that its manager wrote: its time moves when its paths differ. */
export function owning(manager: Manager, paths: ReadonlySet<string>): Manager {
  return isDeepStrictEqual(paths, manager.paths) ? manager : { ...manager, paths, time: timestamp() };
}

/**
 * Records in `next` who wrote what with a POST, PUT or PATCH: what changed belongs to the writer and to nobody else,
 * what is gone belongs to nobody. A writer may hand in managedFields of its own; they are the starting point then.
 */
export function trackUpdate(
  current: StoredObject | undefined,
  next: StoredObject,
  writer: { manager: string; apiVersion: string; custom: boolean },
): void {
  const before = current ? fieldPaths(current, writer.custom) : new Map<string, unknown>();
  const after = fieldPaths(next, writer.custom);
  const changed = [...after].filter(
    ([path, value]) => !before.has(path) || !isDeepStrictEqual(before.get(path), value),
  );
  const mine = new Set(changed.map(([path]) => path));
  const given = next.metadata['managedFields'];
  const managers = managersOf(Array.isArray(given) && given.length > 0 ? next : current);
  const isWriter = (each: Manager): boolean => each.manager === writer.manager && each.operation === 'Update';
  const own = managers.find(isWriter);
  const left = managers.map((each) => {
    const kept = [...each.paths].filter((path) => after.has(path) && (each === own || !mine.has(path)));
    // Its time tells when a manager wrote, not when another took a field from it. Source: ManagedFieldsEntry.time.
    const paths = new Set(each === own ? [...kept, ...mine] : kept);
    return { ...each, paths, ...(each === own && mine.size > 0 && { time: timestamp() }) };
  });
  const { manager, apiVersion } = writer;
  const added = { manager, operation: 'Update' as const, apiVersion, time: timestamp(), paths: mine };
  const entries = toManagedFields(own ? left : [...left, added]);
  if (entries.length > 0) next.metadata['managedFields'] = entries;
  else delete next.metadata['managedFields'];
}
