import { Composer, Lexer, LineCounter, Parser } from 'yaml';
import type { Document, ParsedNode, YAMLError } from 'yaml';
import type { Diagnostic, DiagnosticCode } from './diagnostic.ts';

export interface YamlDocument {
  readonly file: string;
  readonly text: string;
  readonly lines: LineCounter;
  readonly root: ParsedNode | null;
  /** Lines of the file that belong to this document, from its `---` (or the top) to the line before the next. */
  readonly firstLine: number;
  readonly lastLine: number;
}

export interface ParsedYaml {
  readonly documents: readonly YamlDocument[];
  readonly diagnostics: readonly Diagnostic[];
}

/** A handwritten file of the largest size allowed stays far below this; what is above costs seconds to build. */
const MOST_TOKENS = 250_000;
/** More errors than a person reads; the first one is usually the cause of the rest. */
const MOST_ERRORS = 20;

/** Parses a YAML 1.2 or JSON text. A document with a syntax error is left out and reported; the others are returned. */
export function parseYaml(text: string, file: string): ParsedYaml {
  const lines = new LineCounter();
  const diagnostics: Diagnostic[] = [];
  const report = (code: DiagnosticCode, message: string, offset: number, hint?: string): void => {
    if (diagnostics.length === MOST_ERRORS) return;
    const { line, col } = lines.linePos(offset);
    const range = { file, line: Math.max(line, 1), column: Math.max(col, 1), length: 1 };
    diagnostics.push({ code, severity: 'error', message, range, ...(hint !== undefined && { hint }) });
  };
  // The parser makes an Error object for each mistake; a hostile file has a million of them, and stacks cost most.
  const stackTraceLimit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    const composed = compose(text, lines);
    const mistakes = composed.map(mistakesOf);
    if (mistakes.flat().some(({ message }) => message.startsWith('Maximum call stack'))) throw new RangeError();
    for (const mistake of mistakes.flat()) report('YAML_SYNTAX', ...syntaxError(mistake));
    const documents = composed.map((doc, index) =>
      place(doc, composed[index - 1], index === composed.length - 1, file, text, lines),
    );
    return { documents: documents.filter((_, index) => mistakes[index]?.length === 0), diagnostics };
  } catch (error) {
    report('FILE_TOO_COMPLEX', tooComplex(error), 0, 'An experiment file is a few hundred lines, nested a dozen deep.');
    return { documents: [], diagnostics };
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

type Composed = Document.Parsed;

/** A tag that nobody knows is only a warning to the parser; to us it is text that somebody meant otherwise. */
function mistakesOf({ errors, warnings }: Composed) {
  return [...errors, ...warnings.filter(({ code }) => code === 'TAG_RESOLVE_FAILED')];
}

function compose(text: string, lines: LineCounter): Composed[] {
  // Duplicate keys are found while the tree is turned into plain data: here it would take quadratic time.
  const composer = new Composer({ uniqueKeys: false, version: '1.2' });
  return [...composer.compose(tokens(text, lines), false, text.length)];
}

function* tokens(text: string, lines: LineCounter) {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  let count = 0;
  for (const lexeme of new Lexer().lex(text)) {
    if (++count > MOST_TOKENS) throw new TooManyTokens();
    yield* parser.next(lexeme);
  }
  yield* parser.end();
}

class TooManyTokens extends Error {}

function tooComplex(error: unknown): string {
  if (error instanceof TooManyTokens) return `this file has more than ${MOST_TOKENS.toLocaleString('en')} elements`;
  if (error instanceof RangeError) return 'this file is nested too deeply';
  throw error;
}

function place(
  doc: Composed,
  before: Composed | undefined,
  last: boolean,
  file: string,
  text: string,
  lines: LineCounter,
): YamlDocument {
  const start = before?.range[2] ?? 0;
  const end = last ? text.length : Math.max(start, doc.range[2] - 1);
  return { file, text, lines, root: doc.contents, firstLine: lineOf(start), lastLine: lineOf(end) };

  function lineOf(offset: number): number {
    return Math.max(1, lines.linePos(offset).line);
  }
}

function syntaxError(error: YAMLError): [message: string, offset: number, hint?: string] {
  const message = (error.message.split('\n')[0] ?? '')
    .slice(0, 120)
    .replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
  const offset = error.pos[0];
  if (error.code === 'TAB_AS_INDENT') return ['a tab is used for indentation', offset, 'YAML is indented with spaces.'];
  if (error.code === 'BAD_INDENT') return [message, offset, 'Lines of one block start in the same column.'];
  if (error.code === 'BAD_ALIAS') return [message, offset, 'Text that starts with * must be in quotes.'];
  if (error.code === 'BLOCK_AS_IMPLICIT_KEY' || error.code === 'MULTILINE_IMPLICIT_KEY') {
    return [message, offset, 'Text with ": " in it must be in quotes.'];
  }
  return [message, offset];
}
