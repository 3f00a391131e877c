import type { Experiment, SetupManifest } from '../model/experiment.ts';
import { checkExperiment, checkInexact } from './check-experiment.ts';
import { checkPatterns } from './check-patterns.ts';
import type { Diagnostic, Path, Problem } from './diagnostic.ts';
import { pathText } from './diagnostic.ts';
import { explainIssue } from './explain-issue.ts';
import { lineAt, locate, toDiagnostic } from './locate.ts';
import type { YamlDocument } from './parse-yaml.ts';
import type { Plain } from './plain.ts';
import { resolveReferences } from './references.ts';
import type { Resolved, UnresolvedReference } from './references.ts';
import type { ReferenceScope } from './look-up.ts';
import type { ExperimentDocument } from './schema/experiment.ts';
import { DEFAULT_PHASES, experimentDocument } from './schema/experiment.ts';
import type { ManifestReader } from './setup.ts';
import { manifestProblems } from './setup.ts';

export interface DocumentContext {
  /** Absolute path of the file, for what it names relative to itself. */
  readonly path: string;
  readonly env: ReferenceScope['env'];
  readonly set: Readonly<Record<string, string>>;
  /** Namespace of experiments that name none. */
  readonly namespace: string;
  readonly manifests: ManifestReader;
}

export interface LoadedDocument {
  /** Absent when the document has errors. */
  readonly experiment?: Experiment;
  readonly diagnostics: readonly Diagnostic[];
  readonly secrets: readonly string[];
  /** Variables that the document declares or asks for. */
  readonly variables: ReadonlySet<string>;
}

/** One experiment document: references replaced, checked by the schema and as a whole, manifests read. */
export async function loadDocument(
  document: YamlDocument,
  plain: Plain,
  context: DocumentContext,
): Promise<LoadedDocument> {
  const declared = declaredVariables(plain.value, context);
  const resolved = resolveReferences(plain.value, { env: context.env, vars: { ...declared.values, ...context.set } });
  const parsed = experimentDocument.safeParse(resolved.value);
  const manifests = readManifests(resolved.value, context);
  const problems = [
    ...plain.problems,
    ...resolved.problems.map((problem) => at(problem, document)),
    ...(parsed.success ? [] : parsed.error.issues.flatMap((issue) => explainIssue(issue, resolved.value))),
    ...checkExperiment(resolved.value),
    ...checkInexact(plain.inexact),
    ...(await checkPatterns(resolved.value)),
    ...manifests.problems,
  ].filter((problem) => problem.code === 'UNKNOWN_REFERENCE' || !isUnder(problem.path, resolved));
  const diagnostics = withoutEchoes(problems).map((problem) => toDiagnostic(problem, document));
  const failed = diagnostics.some(({ severity }) => severity === 'error');
  return {
    ...(parsed.success && !failed && { experiment: toExperiment(parsed.data, manifests.read, document, context) }),
    diagnostics,
    secrets: [...resolved.secrets, ...declared.secrets],
    variables: new Set([...Object.keys(declared.values), ...resolved.used]),
  };
}

/** `spec.variables` may itself hold `${env:...}` and `${secret:...}`, but no other variables. */
function declaredVariables(
  root: unknown,
  { env }: DocumentContext,
): { values: Record<string, unknown>; secrets: readonly string[] } {
  const variables = field(field(root, 'spec'), 'variables');
  if (variables === null || typeof variables !== 'object' || Array.isArray(variables))
    return { values: {}, secrets: [] };
  const { value, secrets } = resolveReferences(variables, { env, vars: {} });
  return { values: value as Record<string, unknown>, secrets };
}

function readManifests(
  root: unknown,
  { path, manifests }: DocumentContext,
): { read: SetupManifest[]; problems: Problem[] } {
  const read: SetupManifest[] = [];
  const problems: Problem[] = [];
  const setup = field(field(root, 'spec'), 'setup');
  for (const [index, entry] of (Array.isArray(setup) ? setup : []).entries()) {
    const apply = field(entry, 'apply');
    if (typeof apply !== 'string') continue;
    const manifest = manifests(path, apply);
    read.push(manifest.manifest);
    problems.push(...manifestProblems(apply, manifest, ['spec', 'setup', index, 'apply']));
  }
  return { read, problems };
}

function toExperiment(
  { metadata, spec }: ExperimentDocument,
  setup: readonly SetupManifest[],
  document: YamlDocument,
  context: DocumentContext,
): Experiment {
  const { line, column, file } = locate(document, { path: [] });
  return {
    name: metadata.name,
    labels: metadata.labels ?? {},
    description: spec.description ?? '',
    source: { file, line, column },
    namespace: spec.namespace ?? context.namespace,
    ingress: spec.ingress ?? {},
    sessions: spec.sessions ?? {},
    setup,
    phases: spec.phases ?? DEFAULT_PHASES,
    hypothesis: spec.hypothesis.map((probe, index) => ({
      ...probe,
      line: lineAt(document, ['spec', 'hypothesis', index]),
    })),
    faults: spec.faults.map((fault, index) => ({ ...fault, line: lineAt(document, ['spec', 'faults', index]) })),
    ...(spec.expected && { expected: spec.expected }),
  };
}

/** A reference is underlined itself, not the whole text around it. */
function at(problem: UnresolvedReference, document: YamlDocument): Problem {
  const range = locate(document, problem);
  const start = document.lines.lineStarts[range.line - 1] ?? 0;
  const offset = document.text.indexOf(problem.text, start + range.column - 1);
  return offset === -1 ? problem : { ...problem, offset, length: problem.text.length };
}

/** A mapping with a key that is not known also lacks what that key should have been; the key alone is told. */
function withoutEchoes(problems: readonly Problem[]): Problem[] {
  const unknown = problems.filter(({ code }) => code === 'UNKNOWN_KEY' || code === 'NOT_IN_THIS_VERSION');
  const echoing = new Set(unknown.map(({ code, path }) => `${code} ${pathText(path.slice(0, -1))}`));
  return problems.filter(({ code, path }) => {
    const here = pathText(path);
    const echo =
      echoing.has(`NOT_IN_THIS_VERSION ${here}`) || (code === 'INVALID_VALUE' && echoing.has(`UNKNOWN_KEY ${here}`));
    return !echo || (code !== 'INVALID_VALUE' && code !== 'MISSING_KEY');
  });
}

/** What stands in for a reference that was not found would only be complained about again. */
function isUnder(path: Path, { problems }: Resolved): boolean {
  return problems.some((problem) => problem.path.every((step, index) => path[index] === step));
}

function field(value: unknown, key: string): unknown {
  return value !== null && typeof value === 'object' && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}
