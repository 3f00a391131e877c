import type { Fields, Schema } from '../catalogue/kind.ts';

/** An object of which these fields are known. */
export function fieldsOf(fields: Fields): Schema {
  return { fields };
}

/** An object of which these field names are known, whatever they hold. */
export function known(...names: readonly string[]): Schema {
  return { fields: Object.fromEntries(names.map((name) => [name, 'any'])) };
}

export function listOf(list: Schema): Schema {
  return { list };
}

export function mapOf(map: Schema): Schema {
  return { map };
}
