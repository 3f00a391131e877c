import type { StoredObject } from '../../store.ts';
import { alreadyExists, notFound } from '../api-error.ts';
import { isDryRun, resourceOf } from '../backend.ts';
import type { Call } from '../backend.ts';
import { apiVersionOf } from '../catalogue/kind.ts';
import { applyDefaults } from '../defaults/defaults.ts';
import type { Reply } from '../http.ts';
import { newlyCreated } from '../object-metadata.ts';
import { trackUpdate } from '../patch/managed-fields.ts';
import { checkMetadata } from '../validation/metadata.ts';
import { checkStructure } from '../validation/structural-schema.ts';
import { admit } from './admit.ts';
import { decodeObject, expectedType } from './body.ts';
import { validateFields } from './field-validation.ts';
import { inView } from './read.ts';
import { hasStatusPath, refuseTerminating, toStoredForm } from './stored-form.ts';

/** POST of a new object. */
export async function createObject(call: Call): Promise<Reply> {
  const body = await decodeObject(call, expectedType(call));
  const unknown = validateFields(call, body);
  const object = toStoredForm(call, body);
  trackUpdate(undefined, object, writerOf(call));
  return storeNew(call, object, unknown);
}

/** Stores a new object after defaults, checks and admission; 201. */
export function storeNew(call: Call, given: StoredObject, warnings: readonly string[]): Reply {
  const { store } = call.backend;
  const resource = resourceOf(call);
  checkNamespace(call, given);
  if (hasStatusPath(call)) delete given['status'];
  delete given.metadata.resourceVersion;
  const object = newlyCreated(resource, given);
  applyDefaults(store, resource, object);
  checkMetadata(call.route.kind, object);
  checkStructure(call.route.kind, object);
  const admitted = admit(call, 'CREATE', object);
  if (store.get(resource, object.metadata.namespace, object.metadata.name)) {
    throw alreadyExists(resource, object.metadata.name);
  }
  const stored = isDryRun(call) ? object : store.create(resource, object);
  return { code: 201, body: inView(call, stored), warnings: [...warnings, ...admitted] };
}

/** Under which name a writer's fields are recorded: `fieldManager`, else the first word of its user agent. */
export function writerOf(call: Call): { manager: string; apiVersion: string; custom: boolean } {
  const { kind, version } = call.route;
  const agent = (call.request.headers['user-agent'] ?? 'unknown').split('/')[0] ?? 'unknown';
  return {
    manager: call.request.query.get('fieldManager') || agent,
    apiVersion: apiVersionOf(kind.group, version),
    custom: kind.custom,
  };
}

function checkNamespace(call: Call, object: StoredObject): void {
  const { namespace } = object.metadata;
  if (namespace === undefined) return;
  const found = call.backend.store.get('namespaces', undefined, namespace);
  if (!found) throw notFound('namespaces', namespace);
  refuseTerminating(found, resourceOf(call), object.metadata.name);
}
