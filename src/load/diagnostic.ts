import type { FindingCode } from '../model/finding-codes.ts';
import type { Path } from '../model/place.ts';
import type { SourceRange } from '../model/source.ts';

/** What kind of mistake was found in a file, as a stable name. */
export type DiagnosticCode =
  | 'PATH_NOT_FOUND'
  | 'NOTHING_SELECTED'
  | 'SELECTOR_INVALID'
  | 'FILE_UNREADABLE'
  | 'FILE_TOO_LARGE'
  | 'FILE_NOT_TEXT'
  | 'FILE_EMPTY'
  | 'FILE_TOO_COMPLEX'
  | 'YAML_SYNTAX'
  | 'DUPLICATE_KEY'
  | 'FORBIDDEN_KEY'
  | 'UNKNOWN_KIND'
  | 'UNKNOWN_KEY'
  | 'MISSING_KEY'
  | 'INVALID_VALUE'
  | 'NOT_IN_THIS_VERSION'
  | 'UNKNOWN_REFERENCE'
  | 'DUPLICATE_NAME'
  | 'INCONSISTENT'
  | 'INVALID_MANIFEST'
  | 'NOT_IN_JOURNAL'
  | FindingCode;

/** One mistake (or doubt) in what was given, with the place it stands at. Plain data; `formatDiagnostic` renders it. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: 'error' | 'warning';
  /** What was read and what is wrong with it; one sentence without a full stop. */
  readonly message: string;
  /** Absent where the mistake is not in a file: a path, a flag. */
  readonly range?: SourceRange;
  /** What is allowed, the nearest name, what to do. */
  readonly hint?: string;
}

/** A mistake at a path of a document, before the path has become a place in a file. */
export interface Problem {
  readonly code: DiagnosticCode;
  readonly severity?: 'warning';
  readonly path: Path;
  /** Underline the key rather than its value. */
  readonly atKey?: boolean;
  /** The key that an unknown one probably stands for. */
  readonly meant?: string;
  /** Exact place in the text, where the path alone does not tell; `length` characters long. */
  readonly offset?: number;
  readonly length?: number;
  readonly message: string;
  readonly hint?: string;
}

/** Reading order within one file. */
export function byPlace(a: Diagnostic, b: Diagnostic): number {
  return (a.range?.line ?? 0) - (b.range?.line ?? 0) || (a.range?.column ?? 0) - (b.range?.column ?? 0);
}
