import type { z } from 'zod';

/**
 * Messages of the schema are two lines: what is wrong, then what is allowed. `explainIssue` takes them apart again;
 * zod has room for one text only.
 */
export function said(problem: string, allowed?: string): string {
  return allowed === undefined ? problem : `${problem}\n${allowed}`;
}

/** Reports a mistake from inside a transform, at `path` below the value that is being read. */
export function complain(
  context: z.core.ParsePayload,
  problem: string,
  allowed?: string,
  path: readonly (string | number)[] = [],
): never {
  context.issues.push({ code: 'custom', message: said(problem, allowed), input: context.value, path: [...path] });
  return undefined as never;
}

/** A value as it stood in the file, short enough for a message. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 60 ? `\`${text.slice(0, 57)}...\`` : `\`${text}\``;
}
