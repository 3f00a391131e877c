import { isDeepStrictEqual } from 'node:util';
import { isObject } from '../json.ts';
import { elementsOf, itemOf, pathOf } from './field-paths.ts';
import { sameKeys } from './list-type.ts';

/**
 * Takes the field, list item or set value at a path out of an object, and the parents that become empty by it, unless
 * somebody owns them as such.
 */
export function removeField(object: unknown, path: string, isOwned: (path: string) => boolean): void {
  const elements = elementsOf(itemOf(path));
  const parents: [parent: unknown, element: string][] = [];
  let node = object;
  for (const element of elements) {
    parents.push([node, element]);
    node = childOf(node, element);
    if (node === undefined) return;
  }
  for (let depth = parents.length - 1; depth >= 0; depth -= 1) {
    const [parent, element] = parents[depth] ?? [];
    removeChild(parent, element ?? '');
    if (depth === 0 || !isEmpty(parent) || isOwned(pathOf(elements.slice(0, depth)))) return;
  }
}

function childOf(node: unknown, element: string): unknown {
  if (isObject(node)) return node[element.slice(2)];
  return Array.isArray(node) ? (node as unknown[])[indexOf(node, element)] : undefined;
}

function removeChild(node: unknown, element: string): void {
  if (isObject(node)) delete node[element.slice(2)];
  else if (Array.isArray(node)) node.splice(indexOf(node, element), 1);
}

function indexOf(list: readonly unknown[], element: string): number {
  const wanted: unknown = JSON.parse(element.slice(2));
  return list.findIndex((item) =>
    element.startsWith('k:') && isObject(wanted)
      ? sameKeys(Object.keys(wanted), item, wanted)
      : isDeepStrictEqual(item, wanted),
  );
}

function isEmpty(node: unknown): boolean {
  return Array.isArray(node) ? node.length === 0 : isObject(node) && Object.keys(node).length === 0;
}
