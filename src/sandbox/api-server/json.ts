/** A JSON object of unknown shape. */
export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a path of field names, or undefined where the path leaves the objects. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, field) => (isObject(inner) ? inner[field] : undefined), value);
}

/** The objects of a list at a path; empty when there is none. */
export function listAt(value: unknown, ...path: readonly string[]): JsonObject[] {
  const list = at(value, ...path);
  return Array.isArray(list) ? list.filter(isObject) : [];
}

/** The strings of a list at a path; empty when there is none. */
export function stringsAt(value: unknown, ...path: readonly string[]): string[] {
  const list = at(value, ...path);
  return Array.isArray(list) ? list.filter((each) => typeof each === 'string') : [];
}

/** The string at a path, or the fallback. */
export function stringAt(value: unknown, path: readonly string[], fallback = ''): string {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : fallback;
}

/** The number at a path, or the fallback. */
export function numberAt(value: unknown, path: readonly string[], fallback = 0): number {
  const found = at(value, ...path);
  return typeof found === 'number' ? found : fallback;
}
