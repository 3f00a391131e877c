import type { z } from 'zod';
import type { Diagnostic, Problem } from './diagnostic.ts';
import type { Path } from '../model/place.ts';
import { pathText } from '../model/place.ts';
import { explainIssue } from './explain-issue.ts';
import { locate, toDiagnostic } from './locate.ts';
import type { ReferenceScope } from './look-up.ts';
import type { YamlDocument } from './parse-yaml.ts';
import type { Plain } from './plain.ts';
import type { Resolved, UnresolvedReference } from './references.ts';
import { resolveReferences } from './references.ts';

export interface CheckedDocument<T> {
  /** Absent when the schema found a mistake. */
  readonly data?: T;
  readonly resolved: Resolved;
  /** The mistakes so far together with `more`, at their places. */
  diagnose(more: readonly Problem[]): readonly Diagnostic[];
}

/** Replaces references in one document and holds it against a schema. */
export function checkDocument<S extends z.ZodType>(
  document: YamlDocument,
  plain: Plain,
  schema: S,
  scope: ReferenceScope,
): CheckedDocument<z.output<S>> {
  const resolved = resolveReferences(plain.value, scope);
  const parsed = schema.safeParse(resolved.value);
  const issues = parsed.success ? [] : parsed.error.issues.flatMap((issue) => explainIssue(issue, resolved.value));
  const found = [...plain.problems, ...resolved.problems.map((problem) => atReference(problem, document))];
  return {
    ...(parsed.success && { data: parsed.data }),
    resolved,
    diagnose: (more) => {
      const unread = [...resolved.problems, ...plain.problems.filter(({ offset }) => offset === undefined)];
      const aboutValues = [...issues, ...more].filter(({ path }) => !isUnder(path, unread));
      return withoutEchoes([...found, ...aboutValues]).map((problem) => toDiagnostic(problem, document));
    },
  };
}

/** A reference is underlined itself, not the whole text around it. */
function atReference(problem: UnresolvedReference, document: YamlDocument): Problem {
  const { text, at } = problem;
  const range = locate(document, problem);
  const start = (document.lines.lineStarts[range.line - 1] ?? 0) + range.column - 1;
  const guesses = [start + at, start + 1 + at, document.text.indexOf(text, start)];
  const offset = guesses.find((guess) => guess >= 0 && document.text.startsWith(text, guess));
  return offset === undefined ? problem : { ...problem, offset, length: text.length };
}

/** What stands in for a value that could not be read would only be complained about again. */
function isUnder(path: Path, problems: readonly Problem[]): boolean {
  return problems.some((problem) => problem.path.every((step, index) => path[index] === step));
}

/**
 * A mapping with a key that is not known also lacks what that key should have been, and may seem empty: the key alone
 * is told.
 */
function withoutEchoes(problems: readonly Problem[]): Problem[] {
  const meant = new Set<string>();
  const misspelt = new Set<string>();
  const ahead = new Set<string>();
  for (const { code, path, meant: key } of problems) {
    const parent = path.slice(0, -1);
    if (code === 'UNKNOWN_KEY') misspelt.add(pathText(parent));
    if (code === 'NOT_IN_THIS_VERSION') ahead.add(pathText(parent));
    if (key !== undefined) meant.add(pathText([...parent, key]));
  }
  return problems.filter(({ code, path }) => {
    if (code === 'MISSING_KEY') return !meant.has(pathText(path)) && !ahead.has(pathText(path.slice(0, -1)));
    return code !== 'INVALID_VALUE' || (!misspelt.has(pathText(path)) && !ahead.has(pathText(path)));
  });
}
