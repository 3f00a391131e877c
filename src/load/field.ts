import { parseDuration } from '../model/duration.ts';

/** What a key of plain data holds; undefined where that is no mapping or has no such key of its own. */
export function field(value: unknown, key: string): unknown {
  if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, unknown>)[key];
}

/** What a list holds; nothing where it is none. */
export function items(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A duration in milliseconds, or `otherwise` where there is none; undefined where it cannot be read. */
export function millis(text: unknown, otherwise: number): number | undefined {
  if (text === undefined) return otherwise;
  const duration = typeof text === 'string' ? parseDuration(text) : undefined;
  return duration?.ok ? duration.value : undefined;
}
