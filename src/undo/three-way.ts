import { sameJson } from './fingerprint.ts';

/** The merged value, and the paths where both sides changed the same thing and theirs was kept. */
export interface Merge {
  readonly value: unknown;
  readonly conflicts: readonly string[];
  /** Paths where they changed something, conflicts included. */
  readonly theirs: readonly string[];
}

/**
 * Takes our change (`original` -> `applied`) out of `now`: what nobody else touched goes back to `original`, what somebody
 * changed since `applied` stays. Objects merge key by key, lists of one length item by item, other lists around their
 * equal ends; where both changed the same value theirs stays. `undefined` stands for an absent field.
 */
export function takeBack(original: unknown, applied: unknown, now: unknown, path = ''): Merge {
  if (sameOrBothAbsent(applied, now)) return { value: original, conflicts: [], theirs: [] };
  if (sameOrBothAbsent(applied, original)) return { value: now, conflicts: [], theirs: [path] };
  if (isObject(original) && isObject(applied) && isObject(now)) return mergeObjects(original, applied, now, path);
  if (Array.isArray(original) && Array.isArray(applied) && Array.isArray(now)) {
    // Somebody has put it back already; its items must not be taken for additions to ours.
    return sameJson(original, now)
      ? { value: now, conflicts: [], theirs: [path] }
      : mergeLists(original, applied, now, path);
  }
  const agreed = sameOrBothAbsent(original, now);
  return { value: now, conflicts: agreed ? [] : [path], theirs: [path] };
}

function mergeObjects(original: JsonMap, applied: JsonMap, now: JsonMap, path: string): Merge {
  const merged: Record<string, unknown> = {};
  const conflicts: string[] = [];
  const theirs: string[] = [];
  // The original's order first: without foreign edits the bytes come out as they were.
  for (const key of new Set([...Object.keys(original), ...Object.keys(now), ...Object.keys(applied)])) {
    const merge = takeBack(original[key], applied[key], now[key], path === '' ? key : `${path}.${key}`);
    if (merge.value !== undefined) merged[key] = merge.value;
    conflicts.push(...merge.conflicts);
    theirs.push(...merge.theirs);
  }
  return { value: merged, conflicts, theirs };
}

/**
 * Their insertions at either end of the applied list are carried over to the original list; a change in the middle is
 * merged item by item when all three lists are as long, else it is a conflict.
 */
function mergeLists(
  original: readonly unknown[],
  applied: readonly unknown[],
  now: readonly unknown[],
  path: string,
): Merge {
  const at = findRun(applied, now);
  if (at !== -1) {
    const value = [...now.slice(0, at), ...original, ...now.slice(at + applied.length)];
    return { value, conflicts: [], theirs: [path] };
  }
  if (original.length !== applied.length || applied.length !== now.length) {
    return { value: now, conflicts: [path], theirs: [path] };
  }
  const items = applied.map((item, index) => takeBack(original[index], item, now[index], `${path}[${index}]`));
  return {
    value: items.map((item) => item.value),
    conflicts: items.flatMap((item) => item.conflicts),
    theirs: items.flatMap((item) => item.theirs),
  };
}

/** Where `part` stands in `list` as one unbroken run, or -1. */
function findRun(part: readonly unknown[], list: readonly unknown[]): number {
  for (let start = 0; start + part.length <= list.length; start += 1) {
    if (part.every((item, index) => sameJson(item, list[start + index]))) return start;
  }
  return -1;
}

type JsonMap = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sameOrBothAbsent(a: unknown, b: unknown): boolean {
  if (a === undefined || b === undefined) return a === b;
  return sameJson(a, b);
}
