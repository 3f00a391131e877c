import type { Kind, Schema } from '../catalogue/kind.ts';
import { isObject } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { known } from './schema.ts';

const metadata = known(
  ...'annotations creationTimestamp deletionGracePeriodSeconds deletionTimestamp finalizers generateName'.split(' '),
  ...'generation labels managedFields name namespace ownerReferences resourceVersion selfLink uid'.split(' '),
);

/**
 * Takes the fields out of `object` that its kind does not know, as a structural schema prunes them, and says which:
 * `unknown field "spec.http[0].timeuot"`. Kinds without a schema keep everything.
 */
export function pruneUnknownFields(kind: Kind, object: JsonObject): string[] {
  const schema = kind.schema;
  const found: string[] = [];
  prune(metadata, object['metadata'], 'metadata', found);
  if (typeof schema !== 'object' || !('fields' in schema)) return found;
  const top: Schema = { fields: { ...schema.fields, apiVersion: 'any', kind: 'any', metadata: 'any' } };
  prune(top, object, '', found);
  return found;
}

function prune(schema: Schema, value: unknown, path: string, found: string[]): void {
  if (schema === 'any') return;
  if ('list' in schema) {
    if (!Array.isArray(value)) return;
    for (const [index, item] of value.entries()) prune(schema.list, item, `${path}[${index}]`, found);
    return;
  }
  if (!isObject(value)) return;
  for (const [field, inner] of Object.entries(value)) {
    const at = path === '' ? field : `${path}.${field}`;
    const next = 'map' in schema ? schema.map : Object.hasOwn(schema.fields, field) ? schema.fields[field] : undefined;
    if (next) prune(next, inner, at, found);
    else {
      found.push(`unknown field "${at}"`);
      delete value[field];
    }
  }
}
