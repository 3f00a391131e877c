import { isAtLeastOneMillisecond, parseGoDuration } from '../go-duration.ts';
import type { Schema } from './schema.ts';

/** One entry of a Status' `details.causes`. */
export interface Cause {
  readonly reason: string;
  readonly message: string;
  /** `<nil>` where the API server names no field. */
  readonly field: string;
}

/**
 * `types`: what every version's CRDs check. `values`: required fields, oneOf and durations too (CRDs of Istio 1.23+).
 * `nulls`: null is a wrong type too, as nothing else would refuse it.
 */
export type Depth = 'types' | 'values' | 'nulls';

/** Checks a value as the API server checks it against a CRD's schema, worded as it words it. */
export function checkSchema(schema: Schema, value: unknown, path: string, depth: Depth): Cause[] {
  const found: Found = { schema: [], rules: [] };
  walk(schema, value, path, depth, found);
  // CEL rules run only on what has the right shape.
  const isBlocked = found.schema.some((cause) => BLOCKING.has(cause.reason));
  return isBlocked ? [...found.schema, ...(depth === 'types' ? [] : [NOT_CHECKED])] : [...found.schema, ...found.rules];
}

interface Found {
  readonly schema: Cause[];
  readonly rules: Cause[];
}

const BLOCKING = new Set(['FieldValueRequired', 'FieldValueTypeInvalid', 'FieldValueNotSupported']);

const NOT_CHECKED: Cause = {
  reason: 'FieldValueInvalid',
  field: '<nil>',
  message:
    'Invalid value: "null": some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
};

const LARGEST_UNSIGNED = 2 ** 32 - 1;

function walk(schema: Schema, value: unknown, path: string, depth: Depth, found: Found): void {
  if (value === undefined || schema.type === 'any') return;
  // Istio's null entries pass here and meet the webhook's own texts.
  if (value === null && depth !== 'nulls') return;
  if (!hasType(schema, value)) {
    found.schema.push(wrongType(schema, value, path));
    return;
  }
  switch (schema.type) {
    case 'object':
      return walkObject(schema, value as Record<string, unknown>, path, depth, found);
    case 'map':
      for (const [key, each] of Object.entries(value as object))
        walk(schema.values, each, below(path, key), depth, found);
      return;
    case 'array':
      for (const [index, each] of (value as unknown[]).entries()) {
        walk(schema.items, each, `${path}[${index}]`, depth, found);
      }
      return;
    case 'string':
      if (schema.values !== undefined && !schema.values.includes(value as string)) {
        found.schema.push(unsupported(schema.values, value, path));
      }
      if (schema.isDuration === true && depth !== 'types') found.rules.push(...durationCauses(value as string, path));
      return;
    case 'integer':
    case 'number':
      if (schema.isUnsigned === true) found.schema.push(...rangeCauses(value as number, path));
      return;
    case 'boolean':
  }
}

function walkObject(
  schema: Extract<Schema, { type: 'object' }>,
  value: Readonly<Record<string, unknown>>,
  path: string,
  depth: Depth,
  found: Found,
): void {
  for (const [name, field] of Object.entries(schema.fields)) walk(field, value[name], below(path, name), depth, found);
  if (depth === 'types') return;
  for (const name of schema.required) {
    if (!Object.hasOwn(value, name)) {
      found.schema.push({ reason: 'FieldValueRequired', message: 'Required value', field: below(path, name) });
    }
  }
  for (const group of schema.oneOf) {
    const count = group.filter((name) => Object.hasOwn(value, name)).length;
    if (count > 1) found.schema.push(severalOf(count, path));
  }
}

/** The path of a field; the object's own fields stand alone. */
function below(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function hasType(schema: Exclude<Schema, { type: 'any' }>, value: unknown): boolean {
  if (value === null) return false;
  switch (schema.type) {
    case 'object':
    case 'map':
      return typeof value === 'object' && !Array.isArray(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === schema.type;
  }
}

function wrongType(schema: Schema, value: unknown, path: string): Cause {
  const wanted = schema.type === 'map' ? 'object' : schema.type;
  const given = typeName(value);
  const message = `Invalid value: "${given}": ${path} in body must be of type ${wanted}: "${given}"`;
  return { reason: 'FieldValueTypeInvalid', message, field: path };
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

function unsupported(values: readonly string[], value: unknown, path: string): Cause {
  const supported = values.map((word) => `"${word}"`).join(', ');
  const message = `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported}`;
  return { reason: 'FieldValueNotSupported', message, field: path };
}

function severalOf(count: number, path: string): Cause {
  const message = `Invalid value: "": "${path}" must validate one and only one schema (oneOf). Found ${count} valid alternatives`;
  return { reason: 'FieldValueInvalid', message, field: '<nil>' };
}

function rangeCauses(value: number, path: string): Cause[] {
  if (value >= 0 && value <= LARGEST_UNSIGNED) return [];
  const limit = value < 0 ? 'greater than or equal to 0' : `less than or equal to ${LARGEST_UNSIGNED}`;
  const message = `Invalid value: ${value}: ${path} in body should be ${limit}`;
  return [{ reason: 'FieldValueInvalid', message, field: path }];
}

function durationCauses(value: string, path: string): Cause[] {
  const rule = 'must be a valid duration greater than 1ms';
  const parsed = parseGoDuration(value);
  if (parsed !== undefined && isAtLeastOneMillisecond(parsed)) return [];
  const [given, wanted] = ["'string'", "'google.protobuf.Duration'"];
  const unreadable = `type conversion error from ${given} to ${wanted} evaluating rule: `;
  const message = `Invalid value: "string": ${parsed === undefined ? unreadable : ''}${rule}`;
  return [{ reason: 'FieldValueInvalid', message, field: path }];
}
