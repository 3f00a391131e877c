import type { ListOptions, ObjectKey, Resource } from './cluster.ts';

/** Path of a collection: of one namespace, or of the whole cluster. */
export function collectionPath(resource: Resource, namespace: string | undefined): string {
  const { group, version, plural } = resource;
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const scope = resource.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${root}${scope}/${plural}`;
}

/** Path of one object. */
export function objectPath(resource: Resource, key: ObjectKey): string {
  return `${collectionPath(resource, key.namespace)}/${encodeURIComponent(key.name)}`;
}

/** `apiVersion` of objects of a resource. */
export function apiVersionOf(resource: Resource): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}

/** A query string with its question mark; absent values are left out. */
export function query(values: Readonly<Record<string, string | undefined>>): string {
  const present = Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return present.length === 0 ? '' : `?${new URLSearchParams(present).toString()}`;
}

/** The selectors of a list or watch as query values. */
export function selectors(options: ListOptions): Readonly<Record<string, string | undefined>> {
  return { labelSelector: options.labelSelector, fieldSelector: options.fieldSelector };
}

/** `virtualservices in default`, for messages about whole collections. */
export function describeCollection(resource: Resource, options: ListOptions): string {
  const selector = [options.labelSelector, options.fieldSelector].filter((text) => text !== undefined).join(' ');
  const scope = options.namespace === undefined ? 'in all namespaces' : `in ${options.namespace}`;
  const where = resource.namespaced ? ` ${scope}` : '';
  return `${resource.plural}${where}${selector === '' ? '' : ` (${selector})`}`;
}
