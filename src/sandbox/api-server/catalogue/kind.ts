import type { Schema as StructuralSchema } from '../../istio-validation/crd/schema.ts';
import type { StoredObject } from '../../store.ts';

/** What a table cell may hold. */
export type Cell = string | number;

/** One column of `kubectl get`; priority 1 is shown with `-o wide` only. */
export interface Column {
  readonly name: string;
  readonly type?: 'string' | 'integer' | 'date';
  readonly priority?: number;
  readonly cell: (object: StoredObject) => Cell;
}

/** The fields of a type, as far as the sandbox checks them: a leaf is `any`, everything else lists what is known. */
export type Schema = 'any' | { readonly fields: Fields } | { readonly list: Schema } | { readonly map: Schema };
export interface Fields {
  readonly [field: string]: Schema;
}

/** A path behind an object's own, e.g. `pods/log`. */
export interface Subresource {
  readonly name: string;
  readonly kind: string;
  readonly verbs: readonly string[];
  /** When the body's type belongs to another group, e.g. autoscaling/v1 Scale. */
  readonly group?: string;
  readonly version?: string;
}

/** One row of the resource catalogue: everything the server needs to serve a kind. */
export interface Kind {
  /** Empty for the core group. */
  readonly group: string;
  /** Served versions, preferred one first; objects are stored in that one. */
  readonly versions: readonly string[];
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly subresources: readonly Subresource[];
  /** Custom resources know no strategic merge, keep apiVersion and kind in lists, and prune unknown fields. */
  readonly custom: boolean;
  readonly columns: readonly Column[];
  /** False for kinds whose table does not begin with the name (events). */
  readonly nameColumn: boolean;
  readonly schema?: Schema;
  /** What a definition's schema refuses with 422: wrong types and missing fields. */
  readonly structure?: StructuralSchema;
  /** Field selectors beyond metadata.name and metadata.namespace: path -> value. */
  readonly selectable: readonly string[];
}

const ALL_VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const STATUS_VERBS = ['get', 'patch', 'update'];

/** A catalogue row with the usual values filled in. */
export function kindOf(row: Partial<Kind> & Pick<Kind, 'group' | 'versions' | 'kind' | 'plural'>): Kind {
  return {
    singular: row.kind.toLowerCase(),
    shortNames: [],
    categories: [],
    namespaced: true,
    verbs: ALL_VERBS,
    subresources: [],
    custom: false,
    columns: [],
    nameColumn: true,
    selectable: [],
    ...row,
  };
}

/** The `/status` subresource of a kind. */
export function statusOf(kind: string): Subresource {
  return { name: 'status', kind, verbs: STATUS_VERBS };
}

/** The `/scale` subresource. */
export const scale: Subresource = {
  name: 'scale',
  kind: 'Scale',
  group: 'autoscaling',
  version: 'v1',
  verbs: STATUS_VERBS,
};

/** The store's name of a kind: `plural`, or `plural.group` outside of the core group. */
export function resourceName(kind: Pick<Kind, 'group' | 'plural'>): string {
  return kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`;
}

/** `v1` or `group/v1`. */
export function apiVersionOf(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`;
}
