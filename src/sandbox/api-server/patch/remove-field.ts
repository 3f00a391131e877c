import { isDeepStrictEqual } from 'node:util';
import { isObject } from '../json.ts';
import { elementsOf } from './field-paths.ts';
import { sameKeys } from './list-type.ts';

/** Takes the field, list item or set value at a path out of an object, and the parents that become empty by it. */
export function removeField(object: unknown, path: string): void {
  const elements = elementsOf(path);
  remove(object, elements.at(-1) === '.' ? elements.slice(0, -1) : elements);
}

/** Returns whether `node` is empty afterwards. */
function remove(node: unknown, [element = '', ...rest]: readonly string[]): boolean {
  if (isObject(node) && element.startsWith('f:')) {
    const field = element.slice(2);
    if (!(field in node)) return false;
    if (rest.length === 0 || remove(node[field], rest)) delete node[field];
    return Object.keys(node).length === 0;
  }
  if (!Array.isArray(node)) return false;
  const wanted: unknown = JSON.parse(element.slice(2));
  const index = node.findIndex((item) =>
    isObject(wanted) && element.startsWith('k:')
      ? sameKeys(Object.keys(wanted), item, wanted)
      : isDeepStrictEqual(item, wanted),
  );
  if (index >= 0) {
    if (rest.length === 0) node.splice(index, 1);
    else remove(node[index], rest);
  }
  return node.length === 0;
}
