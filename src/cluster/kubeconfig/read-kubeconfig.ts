import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { HoldfastError } from '../../model/errors.ts';
import type { ClusterEntry, ContextEntry, Kubeconfig, UserEntry } from './kubeconfig.ts';

/** Reads and merges kubeconfig files; of entries with one name the first file's wins, as in kubectl. */
export function readKubeconfig(files: readonly string[]): Kubeconfig {
  const parts = files.map(readFile);
  return {
    files,
    contexts: firstOfEachName(parts.flatMap((part) => part.contexts)),
    clusters: firstOfEachName(parts.flatMap((part) => part.clusters)),
    users: firstOfEachName(parts.flatMap((part) => part.users)),
  };
}

function firstOfEachName<T extends { readonly name: string }>(entries: readonly T[]): readonly T[] {
  return entries.filter((entry, index) => entries.findIndex((other) => other.name === entry.name) === index);
}

type Fields = Readonly<Record<string, unknown>>;

function readFile(file: string): Pick<Kubeconfig, 'contexts' | 'clusters' | 'users'> {
  const root = asFields(parse(file), file, 'the document');
  return {
    contexts: entries(root, 'contexts', 'context', file).map(([name, fields]) => readContext(name, fields, file)),
    clusters: entries(root, 'clusters', 'cluster', file).map(([name, fields]) => readCluster(name, fields, file)),
    users: entries(root, 'users', 'user', file).map(([name, fields]) => readUser(name, fields, file)),
  };
}

function parse(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw invalid(file, `it cannot be read (${error instanceof Error ? error.message : String(error)})`, error);
  }
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const [problem] = document.errors;
  if (problem !== undefined) {
    const { line, col } = lineCounter.linePos(problem.pos[0]);
    // The parser quotes the text around, which may be a token.
    throw invalid(`${file}:${line}:${col}`, problem.message.replaceAll(/"(?:[^"\\]|\\.)*"/g, '"…"'), problem);
  }
  return document.toJS() ?? {};
}

function entries(root: Fields, list: string, key: string, file: string): (readonly [string, Fields])[] {
  const items = root[list] ?? [];
  if (!Array.isArray(items)) throw invalid(file, `\`${list}\` is not a list`);
  return items.map((item: unknown, index) => {
    const fields = asFields(item, file, `${list}[${index}]`);
    const name = text(fields['name']);
    if (name === undefined) throw invalid(file, `${list}[${index}] has no name`);
    return [name, asFields(fields[key] ?? {}, file, `${list}[${index}].${key}`)];
  });
}

function readContext(name: string, fields: Fields, file: string): ContextEntry {
  return { name, file, cluster: text(fields['cluster']) ?? '', user: text(fields['user']) ?? '' };
}

function readCluster(name: string, fields: Fields, file: string): ClusterEntry {
  return {
    name,
    file,
    server: text(fields['server']) ?? '',
    caData: text(fields['certificate-authority-data']),
    caFile: path(fields['certificate-authority'], file),
    skipTlsVerify: fields['insecure-skip-tls-verify'] === true,
    tlsServerName: text(fields['tls-server-name']),
    proxyUrl: text(fields['proxy-url']),
  };
}

function readUser(name: string, fields: Fields, file: string): UserEntry {
  const groups = fields['as-groups'];
  return {
    name,
    file,
    certData: text(fields['client-certificate-data']),
    certFile: path(fields['client-certificate'], file),
    keyData: text(fields['client-key-data']),
    keyFile: path(fields['client-key'], file),
    token: text(fields['token']),
    tokenFile: path(fields['tokenFile'], file),
    username: text(fields['username']),
    password: text(fields['password']),
    impersonate: text(fields['as']),
    impersonateGroups: Array.isArray(groups) ? groups.map(String) : undefined,
    exec: isFields(fields['exec']) ? withAbsoluteCommand(fields['exec'], file) : undefined,
    authProvider: isFields(fields['auth-provider']) ? fields['auth-provider'] : undefined,
  };
}

/** A plugin given by a relative path lies beside the kubeconfig; a bare name is looked up in PATH. */
function withAbsoluteCommand(exec: Fields, file: string): Fields {
  const command = text(exec['command']);
  return command?.includes('/') === true ? { ...exec, command: path(command, file) } : exec;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function path(value: unknown, file: string): string | undefined {
  const given = text(value);
  return given === undefined ? undefined : resolve(dirname(file), given);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asFields(value: unknown, file: string, what: string): Fields {
  if (isFields(value)) return value;
  throw invalid(file, `${what} is not a mapping`);
}

function invalid(where: string, problem: string, cause?: unknown): HoldfastError {
  return new HoldfastError('KUBECONFIG_INVALID', {
    message: `The kubeconfig is not valid: ${problem}.`,
    where,
    hint: 'Correct the file, or name another with --kubeconfig.',
    ...(cause !== undefined && { cause }),
  });
}
