import { dirname, relative, resolve } from 'node:path';
import type { SetupManifest } from '../model/experiment.ts';
import type { KubernetesObject } from '../model/kubernetes.ts';
import type { Problem } from './diagnostic.ts';
import type { Path } from '../model/place.ts';
import { toDiagnostic } from './locate.ts';
import { parseYaml } from './parse-yaml.ts';
import type { YamlDocument } from './parse-yaml.ts';
import { toPlain } from './plain.ts';
import { readSource } from './read-source.ts';

interface ReadManifest {
  readonly manifest: SetupManifest;
  /** One line each, with the place in the manifest. */
  readonly mistakes: readonly string[];
}

/** Reads manifests, each once however many experiments apply it. */
export type ManifestReader = (experimentPath: string, apply: string) => ReadManifest;

export function createManifestReader(cwd: string): ManifestReader {
  const known = new Map<string, ReadManifest>();
  return (experimentPath, apply) => {
    const path = resolve(dirname(experimentPath), apply);
    const earlier = known.get(path);
    if (earlier) return earlier;
    const local = relative(cwd, path);
    const manifest = readManifest(path, local.startsWith('..') ? path : local);
    known.set(path, manifest);
    return manifest;
  };
}

/** The problems of one `apply`, at its place in the experiment; the place in the manifest stands in the message. */
export function manifestProblems(apply: string, { manifest, mistakes }: ReadManifest, path: Path): Problem[] {
  const problems = mistakes.map((mistake) => problem(mistake));
  if (problems.length === 0 && manifest.objects.length === 0)
    problems.push(problem(`${manifest.file}: it holds no object`));
  return problems;

  function problem(mistake: string): Problem {
    return {
      code: 'INVALID_MANIFEST',
      path,
      message: `\`${apply}\` cannot be applied: ${mistake}`,
      hint: 'Paths are relative to the experiment file.',
    };
  }
}

function readManifest(path: string, file: string): ReadManifest {
  const source = readSource(path, file);
  if ('diagnostic' in source)
    return { manifest: { file, objects: [] }, mistakes: [`${file}: ${source.diagnostic.message}`] };
  const { documents, diagnostics } = parseYaml(source.text, file);
  const mistakes = diagnostics.map(({ range, message }) => `${file}:${range?.line}:${range?.column}: ${message}`);
  const objects = documents.flatMap((document) => objectsIn(document, mistakes));
  return { manifest: { file, objects }, mistakes };
}

function objectsIn(document: YamlDocument, mistakes: string[]): KubernetesObject[] {
  const { value, problems } = toPlain(document);
  for (const problem of problems) tell(problem);
  if (value === null || problems.length > 0) return [];
  const list =
    isRecord(value) && value['kind'] === 'List' && Array.isArray(value['items']) ? value['items'] : undefined;
  return (list ?? [value]).filter((object, index): object is KubernetesObject => {
    const path = list ? ['items', index] : [];
    const missing = missingField(object);
    if (missing !== undefined) tell({ code: 'INVALID_MANIFEST', path, message: `this object has no ${missing}` });
    return missing === undefined;
  });

  function tell(problem: Problem): void {
    const { range, message } = toDiagnostic(problem, document);
    mistakes.push(`${document.file}:${range?.line}:${range?.column}: ${message}`);
  }
}

function missingField(object: unknown): string | undefined {
  if (!isRecord(object)) return 'fields: it is not a mapping';
  if (typeof object['apiVersion'] !== 'string') return 'apiVersion';
  if (typeof object['kind'] !== 'string') return 'kind';
  if (!isRecord(object['metadata']) || typeof object['metadata']['name'] !== 'string') return 'metadata.name';
  return undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
