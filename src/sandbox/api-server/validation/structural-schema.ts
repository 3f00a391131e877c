import { checkSchema } from '../../istio-validation/crd/check.ts';
import { listOf, mapOf, object, oneOfWords } from '../../istio-validation/crd/schema.ts';
import type { Schema as StructuralSchema } from '../../istio-validation/crd/schema.ts';
import type { StoredObject } from '../../store.ts';
import type { Kind, Schema } from '../catalogue/kind.ts';
import { at, isObject, stringsAt } from '../json.ts';
import { invalid } from './metadata.ts';

const ANY: StructuralSchema = { type: 'any' };

/** A definition's `openAPIV3Schema` as far as it is checked: types, fields, required fields and enums of strings. */
export function structuralSchema(openApi: unknown): StructuralSchema {
  if (!isObject(openApi) || openApi['x-kubernetes-preserve-unknown-fields'] === true) return ANY;
  switch (openApi['type']) {
    case 'object':
      return objectSchema(openApi);
    case 'array':
      return listOf(structuralSchema(openApi['items']));
    case 'string':
      return 'enum' in openApi ? oneOfWords(...stringsAt(openApi, 'enum')) : { type: 'string' };
    case 'integer':
    case 'number':
    case 'boolean':
      return { type: openApi['type'] };
    default:
      return ANY;
  }
}

/** The fields a structural schema keeps; undefined when it keeps everything. */
export function knownFields(structure: StructuralSchema): Schema | undefined {
  const fields = prunable(structure);
  return fields === 'any' ? undefined : fields;
}

/** Refuses with 422 what the kind's definition does not allow. */
export function checkStructure(kind: Kind, stored: StoredObject): void {
  if (kind.structure === undefined) return;
  const causes = checkSchema(kind.structure, stored, '', 'nulls');
  if (causes.length > 0) throw invalid(kind, stored.metadata.name, causes);
}

function objectSchema(openApi: Readonly<Record<string, unknown>>): StructuralSchema {
  const values = at(openApi, 'additionalProperties');
  if (values !== undefined) return mapOf(structuralSchema(values));
  const fields = at(openApi, 'properties');
  // Metadata is one of these; elsewhere a real server would prune what is not listed.
  if (!isObject(fields)) return ANY;
  const schemas = Object.entries(fields).map(([name, field]) => [name, structuralSchema(field)] as const);
  return object(Object.fromEntries(schemas), { required: stringsAt(openApi, 'required') });
}

function prunable(structure: StructuralSchema): Schema {
  switch (structure.type) {
    case 'object':
      return {
        fields: Object.fromEntries(Object.entries(structure.fields).map(([name, each]) => [name, prunable(each)])),
      };
    case 'array':
      return { list: prunable(structure.items) };
    case 'map':
      return { map: prunable(structure.values) };
    default:
      return 'any';
  }
}
