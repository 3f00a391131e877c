import { styleText } from 'node:util';
import type { Diagnostic } from '../load/diagnostic.ts';
import { formatDiagnostic } from '../load/format-diagnostic.ts';
import type { FormatOptions } from '../load/format-diagnostic.ts';
import type { Io } from './io.ts';

/** Prints mistakes in files to stderr, with code frames, and their number when there are several. */
export function printDiagnostics(
  diagnostics: readonly Diagnostic[],
  sources: ReadonlyMap<string, string>,
  io: Io,
): void {
  const options = io.colour ? { style } : {};
  for (const diagnostic of diagnostics) {
    const source = diagnostic.range && sources.get(diagnostic.range.file);
    io.stderr.write(io.redactor.mask(formatDiagnostic(diagnostic, source, options)));
  }
  const errors = countErrors(diagnostics);
  if (errors > 1) io.stderr.write(`${errors} errors\n`);
}

export function countErrors(diagnostics: readonly Diagnostic[]): number {
  return diagnostics.filter(({ severity }) => severity === 'error').length;
}

const style: FormatOptions['style'] = (kind, text) =>
  styleText(kind === 'place' ? 'bold' : kind === 'warning' ? 'yellow' : 'red', text, { validateStream: false });
