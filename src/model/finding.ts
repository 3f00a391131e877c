import { FINDING_CODES, type FindingCode } from './finding-codes.ts';

/** What validation, preflight or lint noticed. Errors stop a run before anything is touched; warnings do not. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  /** Stable name, e.g. `NO_SIDECAR`. */
  readonly code: FindingCode;
  readonly message: string;
  /** Object or field the finding is about. */
  readonly where?: string;
  readonly hint?: string;
}

/** A finding of the severity that its code has; `where` is what it is about, e.g. `Pod default/ratings-v1-x`. */
export function finding(code: FindingCode, message: string, where?: string, hint?: string): Finding {
  const { severity } = FINDING_CODES[code];
  return { severity, code, message, ...(where !== undefined && { where }), ...(hint !== undefined && { hint }) };
}

/** Where a code is explained: `docs/findings.md#NO_SIDECAR`. */
export function pageOf(code: FindingCode): string {
  return `docs/findings.md#${code}`;
}

/** Errors before warnings, each in the order in which they were found. */
export function errorsFirst(findings: readonly Finding[]): readonly Finding[] {
  const isError = ({ severity }: Finding): boolean => severity === 'error';
  return [...findings.filter(isError), ...findings.filter((it) => !isError(it))];
}
