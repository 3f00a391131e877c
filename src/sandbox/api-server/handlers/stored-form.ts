import type { StoredObject } from '../../store.ts';
import { ApiError, badRequest } from '../api-error.ts';
import type { Call } from '../backend.ts';
import { isObject } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { normalised } from './present.ts';

/** A decoded body as an object to store: its namespace and name agree with the path, its version is the stored one. */
export function toStoredForm(call: Call, body: JsonObject): StoredObject {
  const { kind, namespace, name } = call.route;
  const metadata = isObject(body['metadata']) ? { ...body['metadata'] } : {};
  if (kind.namespaced) {
    if (typeof metadata['namespace'] === 'string' && metadata['namespace'] !== namespace) {
      throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
    }
    metadata['namespace'] = namespace;
  } else delete metadata['namespace'];
  if (name !== undefined && metadata['name'] !== undefined && metadata['name'] !== name) {
    const given = typeof metadata['name'] === 'string' ? metadata['name'] : '';
    throw badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`);
  }
  if (name !== undefined) metadata['name'] = name;
  const object = { ...body, metadata } as unknown as StoredObject;
  // Go decodes a null of a built-in kind as if the field were not there.
  return normalised(kind, kind.custom ? object : (withoutNulls(object) as StoredObject));
}

/** Whether status of this kind has a path of its own, so that the main path leaves it alone. */
export function hasStatusPath(call: Call): boolean {
  return call.route.kind.subresources.some((sub) => sub.name === 'status');
}

/** Refuses to create in a namespace that is on its way out. */
export function refuseTerminating(namespace: StoredObject, resource: string, name: string): void {
  if (namespace.metadata.deletionTimestamp) {
    const space = namespace.metadata.name;
    const message = `namespace ${space} is being terminated`;
    throw new ApiError(
      403,
      'Forbidden',
      `${resource} "${name}" is forbidden: unable to create new content in namespace ${space} because it is being terminated`,
      { name, kind: resource, causes: [{ reason: 'NamespaceTerminating', message, field: 'metadata.namespace' }] },
    );
  }
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== null)
      .map(([field, inner]) => [field, withoutNulls(inner)]),
  );
}
