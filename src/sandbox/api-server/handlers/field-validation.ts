import { badRequest } from '../api-error.ts';
import type { ApiError } from '../api-error.ts';
import type { Call } from '../backend.ts';
import type { JsonObject } from '../json.ts';
import { pruneUnknownFields } from '../validation/unknown-fields.ts';

/**
 * Prunes unknown fields as `fieldValidation` asks: Strict refuses (with `refuse`), Warn (the default) returns them as
 * warnings, Ignore says nothing.
 */
export function validateFields(
  call: Call,
  object: JsonObject,
  refuse: (strict: string) => ApiError = (strict) => cannotBeHandled(call, strict),
): string[] {
  const unknown = pruneUnknownFields(call.route.kind, object);
  const mode = call.request.query.get('fieldValidation') ?? 'Warn';
  if (mode === 'Strict' && unknown.length > 0) throw refuse(`strict decoding error: ${unknown.join(', ')}`);
  return mode === 'Ignore' ? [] : unknown;
}

function cannotBeHandled(call: Call, strict: string): ApiError {
  const { kind, version } = call.route;
  return badRequest(`${kind.kind} in version "${version}" cannot be handled as a ${kind.kind}: ${strict}`);
}
