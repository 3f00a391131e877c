import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const src = join(root, 'src');

/** Room -> rooms it may import from. `(ports)` rooms are listed with the one file that is the port. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  util: [],
  model: ['util'],
  stats: ['model', 'util'],
  judge: ['model', 'stats', 'util'],
  lint: ['model', 'util', 'stats', 'judge', 'faults/driver.ts'],
  review: ['model', 'stats', 'judge', 'util'],
  search: ['model', 'stats', 'util'],
  load: ['model', 'util'],
  policy: ['model', 'util'],
  cluster: ['model', 'util'],
  undo: ['model', 'util', 'cluster', 'faults/driver.ts'],
  faults: ['model', 'util', 'undo', 'cluster/cluster.ts'],
  probes: ['model', 'util', 'cluster/ingress.ts'],
  journal: ['model', 'util'],
  report: ['model', 'util'],
  engine: [
    'model',
    'util',
    'judge',
    'lint',
    'cluster/cluster.ts',
    'cluster/ingress.ts',
    'faults/driver.ts',
    'undo/late-creations.ts',
    'undo/setup.ts',
    'probes/sampler.ts',
    'journal/journal.ts',
    'report/reporter.ts',
  ],
  cli: [
    'model',
    'util',
    'load',
    'judge',
    'lint',
    'search',
    'policy',
    'cluster',
    'undo',
    'faults',
    'probes',
    'journal',
    'review',
    'report',
    'engine',
    '../package.json',
  ],
  sandbox: [],
};

/** npm package -> the rooms that are its door. */
const DOORS: Record<string, readonly string[]> = {
  '@kubernetes/client-node': ['cluster'],
  '@peculiar/x509': ['sandbox'],
  commander: ['cli'],
  dayjs: ['report'],
  'jsonpath-rfc9535': ['probes', 'load'],
  'junit-report-builder': ['report'],
  'log-update': ['report'],
  'p-limit': ['faults', 'engine'],
  re2js: ['sandbox', 'load', 'faults', 'probes'],
  rfc6902: ['sandbox'],
  tinyglobby: ['load'],
  'tough-cookie': ['probes'],
  ws: ['sandbox'],
  yaml: ['load', 'undo', 'sandbox', 'cluster'],
  zod: ['load'],
  protobufjs: ['sandbox'],
};

/** Where time, timers, signals and the console may be touched; everywhere else they come through a port. */
const CLOCK_OWNERS = ['engine/clock.ts', 'engine/signals.ts', 'cli/', 'report/terminal/', 'sandbox/', 'probes/'];
const RESTRICTED =
  /\b(?:setTimeout|setInterval|setImmediate|Date\.now|new Date\(\)|performance\.now|process\.on(?:ce)?|process\.exit)\b/;

interface SourceFile {
  readonly path: string;
  readonly room: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const files = listFiles(src).map(readSource);

describe('the source tree', () => {
  it('has no file over 300 lines', () => {
    const long = files.filter((file) => file.text.split('\n').length > 301).map((file) => file.path);
    expect(long).toEqual([]);
  });

  it('imports only in the direction of the source map', () => {
    const wrong = files.flatMap((file) =>
      file.imports
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => relative(src, resolve(dirname(join(src, file.path)), specifier)))
        .filter((target) => !mayImport(file.room, target))
        .map((target) => `${file.path} -> ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it('opens each npm package only at its door', () => {
    const wrong = files.flatMap((file) =>
      file.imports
        .filter((specifier) => !specifier.startsWith('.') && !specifier.startsWith('node:'))
        .map(packageName)
        .filter((name) => !DOORS[name]?.includes(file.room))
        .map((name) => `${file.path} -> ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  it('takes time and signals only through the clock and signal ports', () => {
    const wrong = files
      .filter((file) => !CLOCK_OWNERS.some((owner) => file.path.startsWith(owner)))
      .filter((file) => RESTRICTED.test(withoutComments(file.text)))
      .map((file) => file.path);
    expect(wrong).toEqual([]);
  });

  it('keeps drivers apart: no fault driver imports another', () => {
    const wrong = files
      .filter((file) => file.path.startsWith('faults/') && file.path.split('/').length > 2)
      .flatMap((file) => {
        const own = file.path.split('/')[1];
        return file.imports
          .filter((specifier) => specifier.startsWith('.'))
          .map((specifier) => relative(src, resolve(dirname(join(src, file.path)), specifier)).split('/'))
          .filter((target) => target[0] === 'faults' && target.length > 2 && target[1] !== own)
          .map((target) => `${file.path} -> ${target.join('/')}`);
      });
    expect(wrong).toEqual([]);
  });
});

function mayImport(room: string, target: string): boolean {
  const allowed = MAY_IMPORT[room] ?? [];
  return target.startsWith(`${room}/`) || allowed.some((entry) => target === entry || target.startsWith(`${entry}/`));
}

function packageName(specifier: string): string {
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? specifier);
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '');
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(src, join(entry.parentPath, entry.name)));
}

function readSource(path: string): SourceFile {
  const text = readFileSync(join(src, path), 'utf8');
  const imports = [...text.matchAll(/(?:from\s+|import\s+|import\s*\(\s*)'([^']+)'/g)].map((match) => match[1] ?? '');
  return { path, room: path.split('/')[0] ?? '', text, imports };
}
