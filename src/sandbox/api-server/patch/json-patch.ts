import { applyPatch } from 'rfc6902';
import { ApiError, badRequest } from '../api-error.ts';

/** JSON patch, RFC 6902: 400 when it is no list of operations, 422 when one of them, a `test` too, does not fit. */
export function jsonPatch(target: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) {
    throw badRequest('json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp');
  }
  const result: unknown = structuredClone(target);
  const failed = applyPatch(result, patch as Parameters<typeof applyPatch>[1]).find((outcome) => outcome !== null);
  if (!failed) return result;
  const causes = [{ reason: 'UnexpectedServerResponse', message: failed.message }];
  const message = 'the server rejected our request due to an error in our request';
  throw new ApiError(422, 'Invalid', message, { causes });
}
