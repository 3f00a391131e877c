import type { SourceRange } from './source.ts';

/** What kind of trouble it is; decides the exit code (see `exit-code.ts`). */
export type ErrorClass = 'usage' | 'refused' | 'environment' | 'inconclusive' | 'locked' | 'rollback' | 'internal';

/** Every stable error code. `docs/errors.md` explains each; a test keeps the two equal. */
export const ERROR_CODES = {
  FILE_NOT_FOUND: 'usage',
  FILE_INVALID: 'usage',
  FLAG_INVALID: 'usage',
  OUTPUT_UNWRITABLE: 'usage',
  CONTEXT_MISSING: 'usage',
  CONTEXT_UNKNOWN: 'usage',
  CONTEXT_PROTECTED: 'usage',
  NAMESPACE_PROTECTED: 'usage',
  POLICY_REFUSED: 'refused',
  KUBECONFIG_INVALID: 'usage',
  RUN_UNKNOWN: 'usage',
  JOURNAL_INVALID: 'usage',
  API_UNREACHABLE: 'environment',
  API_TIMEOUT: 'environment',
  API_UNAUTHORIZED: 'environment',
  API_FORBIDDEN: 'environment',
  API_NOT_FOUND: 'environment',
  API_CONFLICT: 'environment',
  API_REFUSED: 'environment',
  API_FAILED: 'environment',
  INGRESS_NOT_FOUND: 'environment',
  INGRESS_UNREACHABLE: 'environment',
  LOGIN_FAILED: 'environment',
  PREFLIGHT_FAILED: 'environment',
  SECRET_NOT_FOUND: 'environment',
  SWEEPER_MISSING: 'environment',
  INJECT_FAILED: 'environment',
  SETUP_FAILED: 'environment',
  SANDBOX_FAILED: 'environment',
  LEFTOVERS_FOUND: 'rollback',
  PROBE_WORKER_FAILED: 'environment',
  LOCKED: 'locked',
  LOCK_LOST: 'inconclusive',
  ROLLBACK_FAILED: 'rollback',
  ROLLBACK_TIMEOUT: 'rollback',
  INTERRUPTED: 'environment',
  INTERNAL: 'internal',
} as const satisfies Record<string, ErrorClass>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** The parts of a message a user can act on. */
export interface ErrorDetails {
  /** What is wrong, one sentence. */
  readonly message: string;
  /** Where: `file:line:column`, or `VirtualService default/ratings`. */
  readonly where?: string;
  /** What to do next, one sentence or a command. */
  readonly hint?: string;
  /** What a person has to do to undo it, in this order; instead of the commands that were planned. */
  readonly byHand?: readonly string[];
  readonly range?: SourceRange;
  readonly cause?: unknown;
  /** HTTP status from the API server, where there was one. */
  readonly status?: number;
  /** The write or read may succeed when tried again (429, 5xx, reset, timeout). */
  readonly retryable?: boolean;
}

/** The one error class that Holdfast throws on purpose; anything else is a defect and keeps its stack. */
export class HoldfastError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, details: ErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'HoldfastError';
    this.code = code;
    this.details = details;
  }

  get class(): ErrorClass {
    return ERROR_CODES[this.code];
  }
}

/** An error as it stands in the journal. */
export interface SerializedError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly where?: string;
  readonly hint?: string;
}

/** Flattens any thrown value to what the journal keeps. Unknown errors become `INTERNAL` with their stack's first line. */
export function serializeError(error: unknown): SerializedError {
  if (error instanceof HoldfastError) {
    const { message, where, hint } = error.details;
    return { code: error.code, message, ...(where !== undefined && { where }), ...(hint !== undefined && { hint }) };
  }
  return { code: 'INTERNAL', message: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
}
