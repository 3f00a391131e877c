import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { Policy } from '../model/policy.ts';
import { checkDocument } from './check-document.ts';
import type { Diagnostic } from './diagnostic.ts';
import { byPlace } from './diagnostic.ts';
import { parseYaml, type YamlDocument } from './parse-yaml.ts';
import { toPlain } from './plain.ts';
import { toPolicy } from './policy.ts';
import { readSource } from './read-source.ts';
import type { ConfigDocument } from './schema/config.ts';
import { configDocument } from './schema/config.ts';

/** What the config file sets; paths in it are absolute. All of it may be absent. */
export type Config = Readonly<Omit<ConfigDocument, 'policy' | 'protectedContexts' | 'protectedNamespaces'>> & {
  readonly policy?: Policy;
};

export interface LoadedConfig {
  readonly config: Config;
  /** The file that was read, if any. */
  readonly file?: string;
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: ReadonlyMap<string, string>;
}

export interface ConfigOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** From `--config`; otherwise looked up. */
  readonly path?: string;
}

const NAMES = ['holdfast.config.yaml', 'holdfast.config.yml'];

/** Reads the config file: the one named, or the nearest one from the current folder up to the root of the repository. */
export function loadConfig({ cwd, env, path }: ConfigOptions): LoadedConfig {
  const found = path === undefined ? lookUp(cwd) : resolve(cwd, path);
  if (found === undefined) return { config: {}, diagnostics: [], sources: new Map() };
  const local = relative(cwd, found);
  const file = local.startsWith('..') ? found : local;
  const source = readSource(found, file);
  if ('diagnostic' in source) return { config: {}, file, diagnostics: [source.diagnostic], sources: new Map() };
  const sources = new Map([[file, source.text]]);
  const { documents, diagnostics } = parseYaml(source.text, file);
  const [document] = documents;
  if (document === undefined) return { config: {}, file, diagnostics, sources };
  const checked = checkDocument(document, toPlain(document), configDocument, { env, vars: {} });
  const all = [...diagnostics, ...checked.diagnose([])].sort(byPlace);
  return {
    config: all.length === 0 && checked.data ? toConfig(checked.data, document, dirname(found)) : {},
    file,
    diagnostics: all,
    sources,
  };
}

function lookUp(cwd: string): string | undefined {
  for (const folder of foldersUpToRepository(cwd)) {
    const name = NAMES.find((candidate) => existsSync(join(folder, candidate)));
    if (name !== undefined) return join(folder, name);
  }
  return undefined;
}

/** Outside of a repository only the current folder counts: a stray file further up is nobody's wish. */
function foldersUpToRepository(cwd: string): string[] {
  const folders: string[] = [];
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    folders.push(folder);
    if (existsSync(join(folder, '.git'))) return folders;
    if (folder === dirname(folder)) return [resolve(cwd)];
  }
}

function toConfig(data: ConfigDocument, document: YamlDocument, folder: string): Config {
  const { policy: _rules, protectedContexts: _contexts, protectedNamespaces: _namespaces, ...config } = data;
  const { kubeconfig, output } = config;
  const policy = toPolicy(data, document);
  return {
    ...config,
    ...(policy !== undefined && { policy }),
    ...(kubeconfig !== undefined && { kubeconfig: resolve(folder, kubeconfig) }),
    ...(output !== undefined && { output: resolve(folder, output) }),
  };
}
