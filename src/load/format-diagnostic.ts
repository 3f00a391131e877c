import type { Diagnostic } from './diagnostic.ts';

const WIDTH = 80;

export interface FormatOptions {
  /** Colours one kind of text; by default nothing is coloured, and nothing is said by colour alone. */
  readonly style?: (kind: 'error' | 'warning' | 'place' | 'caret', text: string) => string;
}

/**
 * One mistake as people read it: place, what is wrong, the line with a caret under the offending text, what is allowed.
 * `sourceText` is the text of the file that the diagnostic's range names. Ends with a newline.
 */
export function formatDiagnostic(
  diagnostic: Diagnostic,
  sourceText: string | undefined,
  options: FormatOptions = {},
): string {
  const style = options.style ?? ((_kind, text) => text);
  const { range, severity } = diagnostic;
  const message = printable(diagnostic.message);
  const hint = diagnostic.hint && printable(diagnostic.hint);
  const place = range === undefined ? '' : `${style('place', `${range.file}:${range.line}:${range.column}`)} `;
  const lines = [`${place}${style(severity, severity)} ${message} (${diagnostic.code})`];
  if (range !== undefined && sourceText !== undefined) {
    const number = String(range.line);
    const frame = codeFrame(lineOf(sourceText, range.line), range.column, range.length, WIDTH - number.length - 5);
    lines.push(
      `  ${number} | ${frame.line}`,
      `  ${' '.repeat(number.length)} | ${frame.indent}${style('caret', frame.caret)}`,
    );
  }
  if (hint !== undefined) lines.push(...wrap(hint, WIDTH - 4).map((line) => `    ${line}`));
  return `${lines.join('\n')}\n`;
}

function lineOf(text: string, line: number): string {
  let start = 0;
  for (let n = 1; n < line; n++) start = text.indexOf('\n', start) + 1;
  const end = text.indexOf('\n', start);
  return text.slice(start, end === -1 ? undefined : end).replace(/\r$/, '');
}

/** What a file holds must not steer the terminal. One blank for one character, so that columns agree. */
function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ').replaceAll(/[\u{FDD0}\u{FDD1}]/gu, '');
}

/** Cuts a long line to a window around the caret. */
function codeFrame(text: string, column: number, length: number, width: number) {
  const clean = printable(text);
  let start = 0;
  if (clean.length > width && column + Math.min(length, 20) > width - 1) {
    start = Math.max(0, Math.min(column - 1 - Math.floor(width / 3), clean.length - width));
  }
  const head = start > 0 ? '…' : '';
  const tail = clean.length > start + width ? '…' : '';
  const line = head + clean.slice(start + head.length, start + width - tail.length) + tail;
  const indent = ' '.repeat(Math.max(0, column - 1 - start));
  const caret = '^'.repeat(Math.max(1, Math.min(length, line.length - indent.length)));
  return { line: line.trimEnd(), indent, caret };
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
