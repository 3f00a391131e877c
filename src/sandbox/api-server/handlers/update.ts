import type { StoredObject } from '../../store.ts';
import { isDryRun, resourceOf } from '../backend.ts';
import type { Call } from '../backend.ts';
import { applyDefaults } from '../defaults/defaults.ts';
import type { Reply } from '../http.ts';
import { checkPreconditions, mergedUpdate } from '../object-metadata.ts';
import { trackUpdate } from '../patch/managed-fields.ts';
import { checkMetadata, invalid } from '../validation/metadata.ts';
import { checkStructure } from '../validation/structural-schema.ts';
import { admit } from './admit.ts';
import { decodeObject, expectedType } from './body.ts';
import { writerOf } from './create.ts';
import { validateFields } from './field-validation.ts';
import { inView, named } from './read.ts';
import { toStoredForm } from './stored-form.ts';

/** PUT of a whole object. */
export async function replaceObject(call: Call): Promise<Reply> {
  const body = await decodeObject(call, expectedType(call));
  const unknown = validateFields(call, body);
  const next = toStoredForm(call, body);
  const current = named(call);
  requireVersion(call, next);
  trackUpdate(current, next, writerOf(call));
  return storeChanged(call, current, next, unknown);
}

/** Stores a changed object after defaults, checks and admission; 200. */
export function storeChanged(
  call: Call,
  current: StoredObject,
  next: StoredObject,
  warnings: readonly string[],
): Reply {
  const { store } = call.backend;
  const resource = resourceOf(call);
  checkPreconditions(resource, current, next.metadata);
  applyDefaults(store, resource, next, current);
  checkMetadata(call.route.kind, next);
  const wanted = mergedUpdate(current, structuredClone(next));
  checkStructure(call.route.kind, wanted);
  const admitted = admit(call, 'UPDATE', wanted, current);
  const stored = isDryRun(call) ? wanted : store.update(resource, wanted);
  return { code: 200, body: inView(call, stored), warnings: [...warnings, ...admitted] };
}

/** PUT or PATCH of `/status`: nothing but the status changes. */
export function storeStatus(call: Call, current: StoredObject, next: StoredObject): Reply {
  const resource = resourceOf(call);
  checkPreconditions(resource, current, next.metadata);
  const wanted = { ...current, status: next['status'] };
  checkStructure(call.route.kind, wanted);
  const stored = isDryRun(call) ? wanted : call.backend.store.replaceStatus(resource, wanted);
  return { code: 200, body: inView(call, stored) };
}

/** Custom resources and Leases are never overwritten blindly. */
function requireVersion(call: Call, next: StoredObject): void {
  const { kind } = call.route;
  if (next.metadata.resourceVersion || (!kind.custom && kind.plural !== 'leases')) return;
  const field = 'metadata.resourceVersion';
  const message = 'Invalid value: 0x0: must be specified for an update';
  throw invalid(kind, next.metadata.name, [{ reason: 'FieldValueInvalid', field, message }]);
}
