/** A place in a file; line and column count from 1. */
export interface SourceLocation {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A stretch of one line, for the caret under it. */
export interface SourceRange extends SourceLocation {
  readonly length: number;
}
