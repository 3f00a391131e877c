import type { Experiment, SetupManifest } from '../model/experiment.ts';
import type { StopCondition } from '../model/stop-condition.ts';
import { checkDocument } from './check-document.ts';
import { checkExperiment, checkInexact } from './check-experiment.ts';
import { checkPatterns } from './check-patterns.ts';
import type { Diagnostic, Problem } from './diagnostic.ts';
import { field } from './field.ts';
import { lineAt, locate, placesBelow } from './locate.ts';
import type { YamlDocument } from './parse-yaml.ts';
import type { Plain } from './plain.ts';
import { resolveReferences } from './references.ts';
import type { ReferenceScope } from './look-up.ts';
import type { ExperimentDocument } from './schema/experiment.ts';
import { DEFAULT_PHASES, experimentDocument } from './schema/experiment.ts';
import { DEFAULT_WINDOW, type WrittenCondition } from './schema/stop-condition.ts';
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
  const scope = { env: context.env, vars: { ...declared.values, ...context.set } };
  const { data, resolved, diagnose } = checkDocument(document, plain, experimentDocument, scope);
  const manifests = readManifests(resolved.value, context);
  const diagnostics = diagnose([
    ...checkExperiment(resolved.value),
    ...checkInexact(plain.inexact),
    ...(await checkPatterns(resolved.value)),
    ...manifests.problems,
  ]);
  const failed = diagnostics.some(({ severity }) => severity === 'error');
  return {
    ...(data && !failed && { experiment: toExperiment(data, manifests.read, document, context) }),
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
    places: placesBelow(document, ['spec']),
    namespace: spec.namespace ?? context.namespace,
    ingress: spec.ingress ?? {},
    sessions: spec.sessions ?? {},
    setup,
    phases: spec.phases ?? DEFAULT_PHASES,
    ...(spec.confidence !== undefined && { confidence: spec.confidence }),
    hypothesis: spec.hypothesis.map((probe, index) => ({
      ...probe,
      line: lineAt(document, ['spec', 'hypothesis', index]),
    })),
    faults: spec.faults.map((fault, index) => ({ ...fault, line: lineAt(document, ['spec', 'faults', index]) })),
    ...(spec.abortWhen && { abortWhen: spec.abortWhen.map((it, index) => toStopCondition(it, index, spec, document)) }),
    ...(spec.expected && { expected: spec.expected }),
  };
}

function toStopCondition(
  written: WrittenCondition,
  index: number,
  { phases = DEFAULT_PHASES }: ExperimentDocument['spec'],
  document: YamlDocument,
): StopCondition {
  const { window = Math.min(DEFAULT_WINDOW, phases.fault) } = written;
  return { ...written, window, line: lineAt(document, ['spec', 'abortWhen', index]) };
}
