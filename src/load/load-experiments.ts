import type { Experiment } from '../model/experiment.ts';
import { nearestName } from '../util/nearest-name.ts';
import { createRedactor } from '../util/redact.ts';
import type { Diagnostic } from './diagnostic.ts';
import { byPlace } from './diagnostic.ts';
import { discover } from './discover.ts';
import type { FoundFile } from './discover.ts';
import { documentKind, mayHoldExperiment } from './document-kind.ts';
import type { DocumentContext } from './load-document.ts';
import { loadDocument } from './load-document.ts';
import { literalSecrets } from './literal-secrets.ts';
import { toDiagnostic } from './locate.ts';
import { parseYaml } from './parse-yaml.ts';
import type { YamlDocument } from './parse-yaml.ts';
import { toPlain } from './plain.ts';
import { readSource } from './read-source.ts';
import { select } from './select.ts';
import { createManifestReader } from './setup.ts';

export interface LoadOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Values of variables, from `--set name=value`. */
  readonly set: Readonly<Record<string, string>>;
  /** Label selector, as kubectl's. */
  readonly selector?: string;
  /** Regular expression on name and description. */
  readonly grep?: string;
  /** Namespace of experiments that name none; `default` unless given. */
  readonly namespace?: string;
}

export interface LoadedExperiments {
  /** Those that were chosen and have no errors, in the order of the paths. */
  readonly experiments: readonly Experiment[];
  /** Every mistake in every file, in reading order. A run must not start while one of them is an error. */
  readonly diagnostics: readonly Diagnostic[];
  /** Text of each file that was read, by the name used in ranges. */
  readonly sources: ReadonlyMap<string, string>;
  /** Values that must not be shown anywhere. */
  readonly secrets: readonly string[];
}

interface Gathered {
  readonly experiments: Experiment[];
  readonly diagnostics: Diagnostic[];
  readonly sources: Map<string, string>;
  readonly secrets: Set<string>;
  readonly variables: Set<string>;
  /** Experiment documents seen, also those with mistakes. */
  documents: number;
}

/** Loads experiments from files, folders, globs and `file.yaml:LINE`. Never throws for what is in files: mistakes are data. */
export async function loadExperiments(paths: readonly string[], options: LoadOptions): Promise<LoadedExperiments> {
  const { files, diagnostics } = await discover(paths, options.cwd);
  const gathered: Gathered = {
    experiments: [],
    diagnostics: [...diagnostics],
    sources: new Map(),
    secrets: new Set(),
    variables: new Set(),
    documents: 0,
  };
  const manifests = createManifestReader(options.cwd);
  const { env, set, namespace = 'default' } = options;
  for (const file of files) await loadFile(file, { path: file.path, env, set, namespace, manifests }, gathered);
  if (files.length > 0 && gathered.documents === 0 && gathered.diagnostics.length === 0) {
    gathered.diagnostics.push(nothing(`there is no experiment in \`${paths.join('`, `')}\``));
  }
  if (gathered.documents > 0) gathered.diagnostics.push(...unknownSettings(options.set, gathered.variables));
  const selected = select(gathered.experiments, options, gathered.documents > gathered.experiments.length);
  const redactor = createRedactor();
  redactor.add(gathered.secrets);
  return {
    experiments: selected.experiments,
    // A message shows what was read, which may be a secret in the wrong place.
    diagnostics: redactor.redactDeep([...gathered.diagnostics, ...selected.diagnostics]),
    sources: gathered.sources,
    secrets: [...gathered.secrets],
  };
}

async function loadFile(found: FoundFile, context: DocumentContext, gathered: Gathered): Promise<void> {
  const source = readSource(found.path, found.file);
  if ('diagnostic' in source) {
    gathered.diagnostics.push(source.diagnostic);
    return;
  }
  if (!found.named && !mayHoldExperiment(source.text)) return;
  gathered.sources.set(found.file, source.text);
  const parsed = parseYaml(source.text, found.file);
  const mistakes: Diagnostic[] = [...parsed.diagnostics];
  const before = gathered.documents;
  for (const document of chosen(parsed.documents, found))
    mistakes.push(...(await gather(document, found, context, gathered)));
  if (found.named && gathered.documents === before && mistakes.length === 0)
    mistakes.push(nothingIn(found, source.text));
  gathered.diagnostics.push(...mistakes.sort(byPlace));
}

function chosen(documents: readonly YamlDocument[], { lines }: FoundFile): readonly YamlDocument[] {
  if (lines === undefined) return documents;
  return documents.filter(({ firstLine, lastLine }) => lines.some((line) => firstLine <= line && line <= lastLine));
}

async function gather(
  document: YamlDocument,
  found: FoundFile,
  context: DocumentContext,
  gathered: Gathered,
): Promise<readonly Diagnostic[]> {
  const plain = toPlain(document);
  const hopeless = plain.problems.filter(({ code }) => code === 'FILE_TOO_COMPLEX');
  if (hopeless.length > 0) return hopeless.map((problem) => toDiagnostic(problem, document));
  const kind = documentKind(plain.value, found.named);
  if (kind === 'other')
    return found.named && plain.value === null ? plain.problems.map((problem) => toDiagnostic(problem, document)) : [];
  gathered.documents++;
  if (kind !== 'experiment') return [toDiagnostic(kind, document)];
  const loaded = await loadDocument(document, plain, context);
  if (loaded.experiment) {
    gathered.experiments.push(loaded.experiment);
    for (const secret of literalSecrets(loaded.experiment)) gathered.secrets.add(secret);
  }
  for (const secret of loaded.secrets) gathered.secrets.add(secret);
  for (const variable of loaded.variables) gathered.variables.add(variable);
  return loaded.diagnostics;
}

function nothingIn({ file, lines }: FoundFile, text: string): Diagnostic {
  const range = { file, line: lines?.[0] ?? 1, column: 1, length: 1 };
  if (text.trim() === '')
    return { code: 'FILE_EMPTY', severity: 'error', message: 'this file is empty', range: { ...range, line: 1 } };
  const message =
    lines === undefined ? 'this file holds no experiment' : `there is no experiment on line ${lines.join(', ')}`;
  return {
    code: 'NOTHING_SELECTED',
    severity: 'error',
    message,
    range,
    hint: 'An experiment has apiVersion: holdfast.dev/v1alpha1 and kind: Experiment.',
  };
}

function nothing(message: string): Diagnostic {
  return { code: 'NOTHING_SELECTED', severity: 'error', message };
}

/** A misspelt `--set` would silently run with the file's own value. */
function unknownSettings(set: Readonly<Record<string, string>>, variables: ReadonlySet<string>): Diagnostic[] {
  return Object.keys(set)
    .filter((name) => !variables.has(name))
    .map((name) => {
      const nearest = nearestName(name, variables);
      const hint =
        nearest === undefined ? `Known: ${[...variables].join(', ') || 'none'}.` : `Did you mean \`${nearest}\`?`;
      return {
        code: 'UNKNOWN_REFERENCE',
        severity: 'error',
        message: `--set ${name}: no experiment has a variable \`${name}\``,
        hint,
      };
    });
}
