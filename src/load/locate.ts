import { isAlias, isCollection, isMap, isScalar, isSeq } from 'yaml';
import type { ParsedNode } from 'yaml';
import type { SourceRange } from '../model/source.ts';
import type { Diagnostic, Problem } from './diagnostic.ts';
import { type Path, pathText } from '../model/place.ts';
import type { YamlDocument } from './parse-yaml.ts';

/** The place in the file of what a problem is about. */
export function toDiagnostic(problem: Problem, document: YamlDocument): Diagnostic {
  const { code, severity = 'error', message, hint } = problem;
  return { code, severity, message, range: rangeOf(problem, document), ...(hint !== undefined && { hint }) };
}

/** The line on which the value at `path` starts (or its nearest ancestor that is there). */
export function lineAt(document: YamlDocument, path: Path): number {
  return locate(document, { path }).line;
}

/** Scalars are underlined themselves, mappings and lists by their key; what is not there by its nearest ancestor. */
export function locate(document: YamlDocument, problem: Pick<Problem, 'path' | 'atKey'>): SourceRange {
  const { path, atKey = false } = problem;
  let value: ParsedNode | null = document.root;
  let key: ParsedNode | undefined;
  for (const step of path) {
    const inner = child(resolve(value, document), step);
    if (inner === undefined) return nodeRange(document, key ?? value);
    value = inner.value;
    key = inner.key;
  }
  const wantsKey = atKey || value === null || isCollection(value) || value.range[0] === value.range[1];
  return nodeRange(document, wantsKey && key !== undefined ? key : value);
}

/** Where each key and entry below `path` stands, by its path as text; what an alias stands for is not gone into. */
export function placesBelow(document: YamlDocument, path: Path): Readonly<Record<string, SourceRange>> {
  const places: Record<string, SourceRange> = {};
  const visit = (node: ParsedNode | null, at: Path): void => {
    if (isMap(node)) {
      for (const { key, value } of node.items) {
        if (!isScalar(key) || key.source === '__proto__') continue;
        const inner = [...at, key.source];
        places[pathText(inner)] = nodeRange(document, key);
        visit(value, inner);
      }
    } else if (isSeq(node)) {
      for (const [index, item] of node.items.entries()) {
        places[pathText([...at, index])] = nodeRange(document, item);
        visit(item, [...at, index]);
      }
    }
  };
  let top: ParsedNode | null = document.root;
  for (const step of path) top = child(top, step)?.value ?? null;
  visit(top, path);
  return places;
}

function rangeOf(problem: Problem, document: YamlDocument): SourceRange {
  if (problem.offset === undefined) return locate(document, problem);
  return textRange(document, problem.offset, problem.offset + (problem.length ?? 1));
}

function child(
  node: ParsedNode | null,
  step: string | number,
): { key?: ParsedNode; value: ParsedNode | null } | undefined {
  if (isSeq(node) && typeof step === 'number') {
    const item = node.items[step];
    return item === undefined ? undefined : { value: item };
  }
  if (!isMap(node)) return undefined;
  return node.items.find(({ key }) => isScalar(key) && key.source === String(step));
}

/** Follows an alias to what it stands for: the last node with that anchor before it. */
function resolve(node: ParsedNode | null, document: YamlDocument): ParsedNode | null {
  if (!isAlias(node)) return node;
  let found: ParsedNode | null = null;
  const search = (inner: ParsedNode | null): void => {
    if (inner === null || inner.range[0] >= node.range[0]) return;
    if (!isAlias(inner) && inner.anchor === node.source) found = inner;
    if (isMap(inner)) for (const pair of inner.items) search(pair.value);
    if (isSeq(inner)) for (const item of inner.items) search(item);
  };
  search(document.root);
  return found;
}

function nodeRange(document: YamlDocument, node: ParsedNode | null): SourceRange {
  return node === null ? textRange(document, 0, 1) : textRange(document, node.range[0], node.range[1]);
}

/** Kept to the first line of what it covers. */
function textRange(document: YamlDocument, start: number, end: number): SourceRange {
  const { line, col } = document.lines.linePos(start);
  const eol = document.text.slice(start, end).search(/\r?\n/);
  return {
    file: document.file,
    line: Math.max(line, 1),
    column: Math.max(col, 1),
    length: Math.max(1, eol === -1 ? end - start : eol),
  };
}
