import type { StoredObject } from '../../store.ts';
import { apiVersionOf } from '../catalogue/kind.ts';
import type { Kind } from '../catalogue/kind.ts';

/** The object in the version that was asked for. */
export function present(kind: Kind, version: string, object: StoredObject): StoredObject {
  return { ...object, apiVersion: apiVersionOf(kind.group, version), kind: kind.kind };
}

/** The object in the version in which it is stored, the kind's preferred one. */
export function normalised(kind: Kind, object: StoredObject): StoredObject {
  return present(kind, kind.versions[0] ?? '', object);
}

/** A list item: typed lists of built-in kinds leave apiVersion and kind out, lists of custom resources do not. */
export function listItem(kind: Kind, version: string, object: StoredObject): unknown {
  if (kind.custom) return present(kind, version, object);
  const { apiVersion: _apiVersion, kind: _kind, ...rest } = object;
  return rest;
}
