import { type ErrorCode, HoldfastError } from '../../model/errors.ts';
import type { FindingCode } from '../../model/finding-codes.ts';
import type { Finding } from '../../model/finding.ts';

/** A missing right to look is never "ok". */
export type Level = 'ok' | 'warning' | 'error' | 'not-looked-at';

/** One thing that was looked at, or why it was not. */
export interface Check {
  /** A few words, e.g. `API server`. */
  readonly what: string;
  readonly level: Level;
  /** What was seen, one sentence or less. */
  readonly detail: string;
  readonly code?: FindingCode | ErrorCode;
  readonly where?: string;
  readonly hint?: string;
}

export function ok(what: string, detail: string): Check {
  return { what, level: 'ok', detail };
}

export function notLookedAt(what: string, why: string): Check {
  return { what, level: 'not-looked-at', detail: why };
}

/** A finding as a check; the doctor may take less to heart what stops only some experiments. */
export function ofFinding(what: string, found: Finding, level: Level = found.severity): Check {
  const { code, message, where, hint } = found;
  return {
    what,
    level,
    detail: message,
    code,
    ...(where !== undefined && { where }),
    ...(hint !== undefined && { hint }),
  };
}

/** Looks, and tells what kept it from looking: a missing right is no error, everything else is. */
export async function look(what: string, work: () => Promise<readonly Check[]>): Promise<readonly Check[]> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    if (error.code === 'API_FORBIDDEN') return [notLookedAt(what, error.message)];
    const { message, where, hint } = error.details;
    const more = { ...(where !== undefined && { where }), ...(hint !== undefined && { hint }) };
    return [{ what, level: 'error', detail: message, code: error.code, ...more }];
  }
}

/** The first few, and how many more. */
export function someOf(names: readonly string[], most = 5): string {
  return names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}
