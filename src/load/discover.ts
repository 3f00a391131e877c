import { type Dirent, readdirSync, realpathSync, statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { HoldfastError } from '../model/errors.ts';
import { nearestName } from '../util/nearest-name.ts';
import type { Diagnostic } from './diagnostic.ts';

/** A file that was asked for, by name or as part of a folder. */
export interface FoundFile {
  readonly path: string;
  /** As people know it: relative to where they are, or as they wrote it when it is elsewhere. */
  readonly file: string;
  /** Named itself; what it holds must be an experiment. In a folder, other files are passed over. */
  readonly named: boolean;
  /** From `file.yaml:LINE`: only the experiments on these lines. */
  readonly lines?: readonly number[];
}

export interface Discovered {
  readonly files: readonly FoundFile[];
  readonly diagnostics: readonly Diagnostic[];
}

const GLOB = /[*?{[(!]/;
const EXPERIMENT_FILE = /\.(?:ya?ml|json)$/i;
const SKIPPED_FOLDER = /^(?:\..*|node_modules)$/;
const CONFIG_FILE = /^holdfast\.config\.ya?ml$/;

/** Files, folders (searched through, sorted), globs and `file.yaml:LINE`. What matches nothing is an error. */
export async function discover(paths: readonly string[], cwd: string): Promise<Discovered> {
  const found = new Map<string, FoundFile>();
  const diagnostics: Diagnostic[] = [];
  for (const path of paths) {
    const files = await expand(path, cwd);
    if (files.length === 0) diagnostics.push(nothingAt(path, cwd));
    for (const file of files) found.set(file.path, merge(found.get(file.path), file));
  }
  return { files: [...found.values()], diagnostics };
}

async function expand(path: string, cwd: string): Promise<FoundFile[]> {
  const absolute = resolve(cwd, path);
  const kind = kindOf(absolute);
  if (kind === 'folder') return filesBelow(absolute).map((file) => foundFile(file, cwd, false));
  if (kind === 'file') return [foundFile(absolute, cwd, true)];
  const line = /^(.+):(\d+)$/.exec(path);
  if (line && kindOf(resolve(cwd, line[1] ?? '')) === 'file') {
    return [{ ...foundFile(resolve(cwd, line[1] ?? ''), cwd, true), lines: [Number(line[2])] }];
  }
  if (!GLOB.test(path)) return [];
  const { glob } = await import('tinyglobby');
  const matches = await glob(path.split(sep).join('/'), {
    cwd,
    absolute: true,
    dot: false,
    ignore: ['**/node_modules/**'],
    followSymbolicLinks: false,
  });
  return matches
    .map((match) => resolve(match))
    .filter((match) => kindOf(match) === 'file')
    .sort()
    .map((match) => foundFile(match, cwd, false));
}

/** Symbolic links are followed, each real folder and file is taken once: a link that leads back ends there. */
function filesBelow(folder: string, seen = new Set<string>()): string[] {
  if (!enter(folder, seen)) return [];
  return entriesOf(folder).flatMap((entry) => {
    const path = join(folder, entry.name);
    const kind = entry.isSymbolicLink()
      ? (kindOf(path) ?? 'file') // Leads nowhere: reading tells.
      : entry.isDirectory()
        ? 'folder'
        : entry.isFile()
          ? 'file'
          : undefined;
    if (kind === 'folder') return SKIPPED_FOLDER.test(entry.name) ? [] : filesBelow(path, seen);
    const wanted = kind === 'file' && EXPERIMENT_FILE.test(entry.name) && !CONFIG_FILE.test(entry.name);
    return wanted && (!entry.isSymbolicLink() || enter(path, seen)) ? [path] : [];
  });
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (cause) {
    const message = `The folder cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new HoldfastError('FILE_NOT_FOUND', { message, where: folder, hint: 'Check its permissions.', cause });
  }
}

function enter(path: string, seen: Set<string>): boolean {
  const real = realPath(path);
  return !seen.has(real) && Boolean(seen.add(real));
}

/** A link that leads nowhere or back to itself is its own place. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function kindOf(path: string): 'file' | 'folder' | undefined {
  try {
    // Anything that is there and no folder counts as a file; reading tells what is wrong with a pipe or a device.
    return statSync(path).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ELOOP' ? 'file' : undefined;
  }
}

function foundFile(path: string, cwd: string, named: boolean): FoundFile {
  const local = relative(cwd, path);
  return { path, file: local.startsWith('..') ? path : local.split(sep).join('/'), named };
}

/** A file asked for twice is taken once; asked for as a whole, its lines no longer narrow it. */
function merge(earlier: FoundFile | undefined, file: FoundFile): FoundFile {
  if (earlier === undefined) return file;
  const { lines: _, ...whole } = file;
  const lines = earlier.lines && file.lines ? [...earlier.lines, ...file.lines] : undefined;
  return { ...whole, named: earlier.named || file.named, ...(lines && { lines }) };
}

function nothingAt(path: string, cwd: string): Diagnostic {
  const absolute = resolve(cwd, path);
  if (kindOf(absolute) === 'folder') {
    return { code: 'PATH_NOT_FOUND', severity: 'error', message: `the folder \`${path}\` holds no YAML or JSON file` };
  }
  const siblings = kindOf(join(absolute, '..')) === 'folder' ? readdirSync(join(absolute, '..')) : [];
  const nearest = nearestName(absolute.slice(absolute.lastIndexOf(sep) + 1), siblings);
  const hint =
    nearest === undefined ? {} : { hint: `Did you mean \`${relative(cwd, join(absolute, '..', nearest))}\`?` };
  const what = GLOB.test(path) ? `no file matches \`${path}\`` : `there is no file or folder \`${path}\``;
  return { code: 'PATH_NOT_FOUND', severity: 'error', message: what, ...hint };
}
