import { parse } from 'yaml';
import type { StoredObject } from '../../store.ts';
import { ApiError, badRequest } from '../api-error.ts';
import { resourceOf } from '../backend.ts';
import type { Call } from '../backend.ts';
import { mediaType, parseJson } from '../http.ts';
import type { Reply } from '../http.ts';
import { isObject } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { applyConfiguration } from '../patch/apply.ts';
import { jsonPatch } from '../patch/json-patch.ts';
import { trackUpdate } from '../patch/managed-fields.ts';
import { mergePatch } from '../patch/merge.ts';
import { strategicMerge } from '../patch/strategic.ts';
import { unsupportedMediaType } from './body.ts';
import { storeNew, writerOf } from './create.ts';
import { validateFields } from './field-validation.ts';
import { present } from './present.ts';
import { named } from './read.ts';
import { toStoredForm } from './stored-form.ts';
import { storeChanged, storeStatus } from './update.ts';

const JSON_PATCH = 'application/json-patch+json';
const MERGE = 'application/merge-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';
const APPLY = 'application/apply-patch+yaml';

/** PATCH of an object or its status, by one of the four patch types. */
export function patchObject(call: Call): Reply {
  const type = mediaType(call.request.headers['content-type']);
  if (type === APPLY) return applyObject(call);
  const current = named(call);
  const next = toStoredForm(call, patched(call, type, current));
  if (call.route.subresource === 'status') return storeStatus(call, current, next);
  const unknown = validateFields(call, next, (strict) => patchRefused(call, strict));
  trackUpdate(current, next, writerOf(call));
  return storeChanged(call, current, next, unknown);
}

/** The object with the patch worked in, in the version of the path. */
export function patched(call: Call, type: string, object: unknown): JsonObject {
  const { kind, version } = call.route;
  const patch = parseJson(call.body.toString());
  const target = isStored(object) ? present(kind, version, object) : object;
  const result = patchedBy(type, kind.custom, target, patch);
  if (!isObject(result)) throw badRequest('the result of the patch is not an object');
  return structuredClone(result);
}

function patchedBy(type: string, custom: boolean, target: unknown, patch: unknown): unknown {
  if (type === JSON_PATCH) return jsonPatch(target, patch);
  if (type === MERGE) return mergePatch(target, asObject(patch));
  if (type === STRATEGIC && !custom) return strategicMerge(target, asObject(patch));
  throw unsupportedMediaType(type, custom ? [JSON_PATCH, MERGE, APPLY] : [JSON_PATCH, MERGE, STRATEGIC, APPLY]);
}

function applyObject(call: Call): Reply {
  const { route, request, backend } = call;
  const configuration: unknown = parse(call.body.toString());
  if (!isObject(configuration)) throw badRequest('error decoding YAML: the configuration is not an object');
  const manager = request.query.get('fieldManager');
  if (!manager) {
    const message = 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch';
    throw new ApiError(422, 'Invalid', message);
  }
  if (isObject(configuration['metadata']) && configuration['metadata']['managedFields'] !== undefined) {
    throw badRequest('metadata.managedFields must be nil');
  }
  const unknown = validateFields(call, configuration, (strict) => badRequest(`error strict decoding YAML: ${strict}`));
  const current = backend.store.get(resourceOf(call), route.namespace, route.name ?? '');
  const force = request.query.get('force') === 'true';
  const wanted = toStoredForm(call, configuration);
  const next = applyConfiguration(current, wanted, { ...writerOf(call), manager, force });
  if (!current) return storeNew(call, next, unknown);
  next.metadata.resourceVersion = wanted.metadata.resourceVersion ?? current.metadata.resourceVersion;
  return route.subresource === 'status' ? storeStatus(call, current, next) : storeChanged(call, current, next, unknown);
}

function asObject(patch: unknown): JsonObject {
  if (isObject(patch)) return patch;
  throw badRequest('error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}');
}

function isStored(object: unknown): object is StoredObject {
  return isObject(object) && isObject(object['metadata']);
}

/** How the API server refuses unknown fields in the result of a patch. */
function patchRefused(call: Call, strict: string): ApiError {
  const message = `Invalid value: ${JSON.stringify(call.body.toString())}: ${strict}`;
  const causes = [{ reason: 'FieldValueInvalid', field: 'patch', message }];
  return new ApiError(422, 'Invalid', ` "" is invalid: patch: ${message}`, { causes });
}
