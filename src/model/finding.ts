/** What validation, preflight or lint noticed. Errors stop a run before anything is touched; warnings do not. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  /** Stable name, e.g. `NO_SIDECAR`. */
  readonly code: string;
  readonly message: string;
  /** Object or field the finding is about. */
  readonly where?: string;
  readonly hint?: string;
}
