import { isDeepStrictEqual } from 'node:util';
import { isObject } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { listType } from './list-type.ts';

const ORDER = '$setElementOrder/';
const REMOVE = '$deleteFromPrimitiveList/';

/**
 * Strategic merge patch: as a merge patch, but lists with a merge key merge item by item, and the directives `$patch`,
 * `$retainKeys`, `$setElementOrder/<list>` and `$deleteFromPrimitiveList/<list>` are obeyed. Changes no argument.
 */
export function strategicMerge(target: unknown, patch: JsonObject): JsonObject {
  const current = isObject(target) ? target : {};
  const directive = patch['$patch'];
  if (directive === 'replace') return withoutDirectives(patch);
  if (directive === 'delete') return {};
  const result = retained({ ...current }, patch);
  for (const [field, value] of Object.entries(patch)) {
    if (field.startsWith(REMOVE)) removeValues(result, field.slice(REMOVE.length), value);
    else if (!field.startsWith('$')) mergeField(result, field, value);
  }
  for (const [field, order] of Object.entries(patch)) {
    if (field.startsWith(ORDER)) reorder(result, field.slice(ORDER.length), order);
  }
  return result;
}

function mergeField(result: JsonObject, field: string, value: unknown): void {
  if (value === null) delete result[field];
  else if (isObject(value)) result[field] = strategicMerge(result[field], value);
  else if (Array.isArray(value)) result[field] = mergeList(field, result[field], value);
  else result[field] = value;
}

function mergeList(field: string, current: unknown, patch: readonly unknown[]): unknown[] {
  const existing = Array.isArray(current) ? current : [];
  const items = patch.filter((item) => !(isObject(item) && item['$patch'] === 'replace' && isBare(item)));
  if (items.length < patch.length) return items.map(clean);
  const type = listType(field, patch.length > 0 ? patch : existing, false);
  if (type === 'atomic') return items.map(clean);
  if (type === 'set') return [...new Set([...existing, ...patch])];
  const [key] = type.keys;
  const result: unknown[] = [...existing];
  for (const item of patch.filter(isObject)) {
    const index = result.findIndex((each) => isObject(each) && isDeepStrictEqual(each[key], item[key]));
    if (item['$patch'] === 'delete') {
      if (index >= 0) result.splice(index, 1);
    } else if (index >= 0) {
      result[index] = strategicMerge(result[index], item);
    } else {
      result.push(strategicMerge({}, item));
    }
  }
  return result;
}

function retained(result: JsonObject, patch: JsonObject): JsonObject {
  const keys = patch['$retainKeys'];
  if (!Array.isArray(keys)) return result;
  return Object.fromEntries(Object.entries(result).filter(([field]) => keys.includes(field)));
}

function removeValues(result: JsonObject, field: string, values: unknown): void {
  const list = result[field];
  if (Array.isArray(list) && Array.isArray(values)) result[field] = list.filter((each) => !values.includes(each));
}

/** Puts the listed items into the given order; those the patch does not know keep their place behind their neighbour. */
function reorder(result: JsonObject, field: string, order: unknown): void {
  const list: unknown = result[field];
  if (!Array.isArray(list) || !Array.isArray(order) || order.length === 0) return;
  const type = listType(field, list, false);
  const key = typeof type === 'object' ? type.keys[0] : undefined;
  const idOf = (item: unknown): unknown => (key !== undefined && isObject(item) ? item[key] : item);
  const wanted = order.map(idOf);
  let rank = -1;
  const ranked = list.map((item: unknown, index) => {
    const place = wanted.findIndex((each) => isDeepStrictEqual(each, idOf(item)));
    rank = place >= 0 ? place : rank;
    return { item, rank, index };
  });
  result[field] = ranked.sort((a, b) => a.rank - b.rank || a.index - b.index).map((each) => each.item);
}

function clean(item: unknown): unknown {
  return isObject(item) ? strategicMerge({}, item) : item;
}

function withoutDirectives(patch: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(patch).filter(([field]) => !field.startsWith('$')));
}

function isBare(item: JsonObject): boolean {
  return Object.keys(item).length === 1;
}
