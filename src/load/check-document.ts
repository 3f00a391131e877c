import type { z } from 'zod';
import type { Diagnostic, Path, Problem } from './diagnostic.ts';
import { pathText } from './diagnostic.ts';
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
      const aboutValues = [...issues, ...more].filter(({ path }) => !isUnder(path, resolved));
      return withoutEchoes([...found, ...aboutValues]).map((problem) => toDiagnostic(problem, document));
    },
  };
}

/** A reference is underlined itself, not the whole text around it. */
function atReference(problem: UnresolvedReference, document: YamlDocument): Problem {
  const range = locate(document, problem);
  const start = document.lines.lineStarts[range.line - 1] ?? 0;
  const offset = document.text.indexOf(problem.text, start + range.column - 1);
  return offset === -1 ? problem : { ...problem, offset, length: problem.text.length };
}

/** What stands in for a reference that was not found would only be complained about again. */
function isUnder(path: Path, { problems }: Resolved): boolean {
  return problems.some((problem) => problem.path.every((step, index) => path[index] === step));
}

/** A mapping with a key that is not known also lacks what that key should have been; the key alone is told. */
function withoutEchoes(problems: readonly Problem[]): Problem[] {
  const unknown = problems.filter(({ code }) => code === 'UNKNOWN_KEY' || code === 'NOT_IN_THIS_VERSION');
  const echoing = new Set(unknown.map(({ code, path }) => `${code} ${pathText(path.slice(0, -1))}`));
  return problems.filter(({ code, path }) => {
    if (code !== 'INVALID_VALUE' && code !== 'MISSING_KEY') return true;
    const here = pathText(path);
    return (
      !echoing.has(`NOT_IN_THIS_VERSION ${here}`) && !(code === 'INVALID_VALUE' && echoing.has(`UNKNOWN_KEY ${here}`))
    );
  });
}
