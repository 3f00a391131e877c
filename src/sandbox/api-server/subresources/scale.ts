import type { StoredObject } from '../../store.ts';
import type { Call } from '../backend.ts';
import { mediaType, ok } from '../http.ts';
import type { Reply } from '../http.ts';
import { at, isObject, numberAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { badRequest } from '../api-error.ts';
import { decodeObject } from '../handlers/body.ts';
import { writerOf } from '../handlers/create.ts';
import { patched } from '../handlers/patch.ts';
import { named } from '../handlers/read.ts';
import { storeChanged } from '../handlers/update.ts';
import { trackUpdate } from '../patch/managed-fields.ts';
import { resourceOf } from '../backend.ts';

const TYPE = { kind: 'Scale', apiVersion: 'autoscaling/v1' };

/** GET, PUT and PATCH of `/scale`: the number of replicas alone. */
export async function scaleObject(call: Call): Promise<Reply> {
  const object = named(call);
  if (call.request.method === 'GET') return ok(scaleOf(object));
  const wanted =
    call.request.method === 'PUT'
      ? await decodeObject(call, TYPE)
      : patched(call, mediaType(call.request.headers['content-type']), scaleOf(object));
  const replicas = at(wanted, 'spec', 'replicas');
  if (typeof replicas !== 'number' || replicas < 0) throw badRequest('spec.replicas must be a number of zero or more');
  const next = structuredClone(object);
  const spec = next['spec'];
  if (isObject(spec)) spec['replicas'] = replicas;
  const version = at(wanted, 'metadata', 'resourceVersion');
  if (typeof version === 'string') next.metadata.resourceVersion = version;
  trackUpdate(object, next, writerOf(call));
  storeChanged(call, object, next, []);
  const { namespace, name } = object.metadata;
  return ok(scaleOf(call.backend.store.get(resourceOf(call), namespace, name) ?? next));
}

function scaleOf(object: StoredObject): JsonObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const labels = at(object, 'spec', 'selector', 'matchLabels');
  const selector = isObject(labels)
    ? Object.entries(labels)
        .map(([key, value]) => `${key}=${String(value)}`)
        .join(',')
    : '';
  return {
    ...TYPE,
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: numberAt(object, ['spec', 'replicas']) },
    status: { replicas: numberAt(object, ['status', 'replicas']), selector },
  };
}
