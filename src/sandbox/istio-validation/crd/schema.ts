/** What a CustomResourceDefinition says about a value: the part of OpenAPI that is checked. */
export type Schema =
  | ObjectSchema
  | ListSchema
  | MapSchema
  | TextSchema
  | NumberSchema
  | { readonly type: 'boolean' }
  /** Whatever stands there is kept. */
  | { readonly type: 'any' };

interface ObjectSchema {
  readonly type: 'object';
  readonly fields: Readonly<Record<string, Schema>>;
  readonly required: readonly string[];
  /** At most one field of each of these groups. */
  readonly oneOf: readonly (readonly string[])[];
}

interface ListSchema {
  readonly type: 'array';
  readonly items: Schema;
}

interface MapSchema {
  readonly type: 'map';
  readonly values: Schema;
}

interface TextSchema {
  readonly type: 'string';
  readonly isDuration?: true;
  readonly values?: readonly string[];
}

interface NumberSchema {
  readonly type: 'integer' | 'number';
  readonly isUnsigned?: true;
}

type Fields = Readonly<Record<string, Schema>>;

export const text: Schema = { type: 'string' };
export const bool: Schema = { type: 'boolean' };
export const double: Schema = { type: 'number' };
/** int32. */
export const integer: Schema = { type: 'integer' };
/** uint32 in the proto: 0 to 4294967295. */
export const unsigned: Schema = { type: 'integer', isUnsigned: true };
/** google.protobuf.Duration: at least 1 ms, by a CEL rule. */
export const duration: Schema = { type: 'string', isDuration: true };

export function oneOfWords(...values: readonly string[]): Schema {
  return { type: 'string', values };
}

export function listOf(items: Schema): Schema {
  return { type: 'array', items };
}

export function mapOf(values: Schema): Schema {
  return { type: 'map', values };
}

/** Fields may be missing unless `required`; of each group in `oneOf` at most one may be there. */
export function object(
  fields: Fields,
  rules: { readonly required?: readonly string[]; readonly oneOf?: readonly (readonly string[])[] } = {},
): Schema {
  return { type: 'object', fields, required: rules.required ?? [], oneOf: rules.oneOf ?? [] };
}

/** The same schema for several fields. */
export function each(names: readonly string[], schema: Schema): Fields {
  return Object.fromEntries(names.map((name) => [name, schema]));
}
