/** What a key of plain data holds; undefined where that is no mapping or has no such key of its own. */
export function field(value: unknown, key: string): unknown {
  if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, unknown>)[key];
}
