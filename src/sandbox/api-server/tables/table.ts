import type { StoredObject } from '../../store.ts';
import type { Column, Kind } from '../catalogue/kind.ts';
import { present } from '../handlers/present.ts';
import type { JsonObject } from '../json.ts';

/** How a client wants objects: whole, as a Table, or as their metadata only. */
export type View = 'object' | 'table' | 'metadata';

/** Reads the view from an Accept header; the first form of it that we can give. */
export function viewOf(accept: string): View {
  for (const type of accept.split(',')) {
    if (/as=Table(;|$)/.test(type) && type.includes('v=v1;')) return 'table';
    if (/as=PartialObjectMetadata(List)?(;|$)/.test(type)) return 'metadata';
    if (/^\s*(application\/json|\*\/\*)\s*(;q=.*)?$/.test(type)) return 'object';
  }
  return 'object';
}

/** A meta.k8s.io/v1 Table of some objects; `includeObject` is the query parameter of that name. */
export function toTable(
  kind: Kind,
  version: string,
  objects: readonly StoredObject[],
  {
    includeObject,
    metadata = {},
    head = true,
  }: { includeObject: string | null; metadata?: JsonObject; head?: boolean },
): JsonObject {
  const columns = columnsOf(kind);
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: head ? columns.map(definitionOf) : null,
    rows: objects.map((object) => ({
      cells: columns.map((column) => column.cell(object)),
      object: rowObject(present(kind, version, object), includeObject),
    })),
  };
}

/** The metadata of an object and nothing else. */
export function metadataOnly(object: StoredObject): JsonObject {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
}

function columnsOf(kind: Kind): readonly Column[] {
  const name: Column = { name: 'Name', cell: (object) => object.metadata.name };
  return kind.nameColumn ? [name, ...kind.columns] : kind.columns;
}

function definitionOf(column: Column): JsonObject {
  return {
    name: column.name,
    type: column.type === 'integer' ? 'integer' : 'string',
    format: column.name === 'Name' ? 'name' : '',
    description: '',
    priority: column.priority ?? 0,
  };
}

function rowObject(object: StoredObject, includeObject: string | null): unknown {
  if (includeObject === 'None') return undefined;
  return includeObject === 'Object' ? object : metadataOnly(object);
}
