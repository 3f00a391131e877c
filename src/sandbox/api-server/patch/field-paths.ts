import { isObject } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { keyValue, listType } from './list-type.ts';

/**
 * The fields of an object as managedFields counts them. A path joins elements by a line break: `f:name` a field,
 * `k:{...}` an item of a keyed list, `v:...` a value of a set; a last `.` is the item itself.
 */
export type FieldPaths = Map<string, unknown>;

const SEPARATOR = '\n';
const SERVER_METADATA = new Set([
  'name',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'managedFields',
  'selfLink',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'generateName',
]);

/** Every leaf of an object's own content, without what the server sets and without status. */
export function fieldPaths(object: JsonObject, custom: boolean): FieldPaths {
  const paths: FieldPaths = new Map();
  for (const [field, value] of Object.entries(object)) {
    if (field === 'apiVersion' || field === 'kind' || field === 'status') continue;
    if (field !== 'metadata') collect(value, [`f:${field}`], field, custom, paths);
    else if (isObject(value)) {
      const own = Object.entries(value).filter(([name]) => !SERVER_METADATA.has(name));
      for (const [name, inner] of own) collect(inner, ['f:metadata', `f:${name}`], name, custom, paths);
    }
  }
  return paths;
}

function collect(value: unknown, path: readonly string[], field: string, custom: boolean, paths: FieldPaths): void {
  if (isObject(value) && Object.keys(value).length > 0) {
    for (const [name, inner] of Object.entries(value)) collect(inner, [...path, `f:${name}`], name, custom, paths);
    return;
  }
  const type = Array.isArray(value) && value.length > 0 ? listType(field, value, custom) : 'atomic';
  if (type === 'atomic' || !Array.isArray(value)) {
    paths.set(path.join(SEPARATOR), value);
    return;
  }
  for (const item of value) {
    if (type === 'set') paths.set([...path, `v:${JSON.stringify(item)}`].join(SEPARATOR), item);
    else if (isObject(item)) {
      const keys = Object.fromEntries(type.keys.map((key) => [key, keyValue(item, key)]));
      const itemPath = [...path, `k:${JSON.stringify(keys)}`];
      paths.set([...itemPath, '.'].join(SEPARATOR), keys);
      collect(item, itemPath, '', custom, paths);
    }
  }
}

/** The fieldsV1 object of some paths. */
export function toFieldsV1(paths: Iterable<string>): JsonObject {
  const root: JsonObject = {};
  for (const path of paths) {
    let node = root;
    for (const element of path.split(SEPARATOR)) {
      const next = node[element];
      const child = isObject(next) ? next : {};
      node[element] = child;
      node = child;
    }
  }
  return root;
}

/** The paths of a fieldsV1 object. */
export function fromFieldsV1(node: unknown, prefix: readonly string[] = []): string[] {
  const children = isObject(node) ? Object.entries(node) : [];
  if (children.length === 0) return prefix.length > 0 ? [prefix.join(SEPARATOR)] : [];
  return children.flatMap(([element, child]) => fromFieldsV1(child, [...prefix, element]));
}

/** The path as conflict messages write it: `.spec.containers[name="web"].image`. */
export function readable(path: string): string {
  return path
    .split(SEPARATOR)
    .map((element) => {
      if (element.startsWith('f:')) return `.${element.slice(2)}`;
      if (element.startsWith('v:')) return `[=${element.slice(2)}]`;
      if (!element.startsWith('k:')) return '';
      const keys = JSON.parse(element.slice(2)) as JsonObject;
      return `[${Object.entries(keys)
        .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
        .join(',')}]`;
    })
    .join('');
}

/** The path of some elements. */
export function pathOf(elements: readonly string[]): string {
  return elements.join(SEPARATOR);
}

/** The path of the list item that a path stands for: `.` at its end, or a key field of the item; else the path itself. */
export function itemOf(path: string): string {
  const elements = path.split(SEPARATOR);
  const [item = '', last = ''] = elements.slice(-2);
  const isKey = item.startsWith('k:') && Object.hasOwn(JSON.parse(item.slice(2)) as JsonObject, last.slice(2));
  return last === '.' || isKey ? elements.slice(0, -1).join(SEPARATOR) : path;
}

/** The elements of a path. */
export function elementsOf(path: string): string[] {
  return path.split(SEPARATOR);
}
