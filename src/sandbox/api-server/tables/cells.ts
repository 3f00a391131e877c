import { isObject } from '../json.ts';

/** Comma-joined, or the word for an empty list. */
export function joined(values: readonly string[], empty: string): string {
  return values.length === 0 ? empty : values.join(',');
}

/** `a=1,b=2` of a map of labels. */
export function pairs(map: unknown): string {
  const entries = isObject(map) ? Object.entries(map).map(([key, value]) => `${key}=${String(value)}`) : [];
  return joined(entries.sort(), '<none>');
}
