import { describeRef } from '../model/describe-ref.ts';
import type { KubernetesObject } from '../model/kubernetes.ts';
import type {
  AccessRequest,
  CallOptions,
  Cluster,
  DeleteOptions,
  ObjectKey,
  Resource,
  WriteResult,
} from './cluster.ts';
import { createDiscovery } from './discovery.ts';
import { read, write, type Call, type Caller } from './http/call.ts';
import type { ApiAnswer, ApiRequest } from './http/connection.ts';
import { jsonOf } from './http/json.ts';
import { parseStatus } from './http/status-failure.ts';
import { list } from './list.ts';
import { collectionPath, objectPath, query } from './paths.ts';
import { podProxyGet } from './pod-proxy.ts';
import { watch } from './watch.ts';

export interface RestClusterOptions {
  readonly caller: Caller;
  readonly context: string;
  readonly kubectl: string;
  readonly portForward: Cluster['portForward'];
  readonly close: () => void;
}

/** The Cluster port over the API server's REST interface. */
export function createRestCluster(options: RestClusterOptions): Cluster {
  const { caller } = options;
  const discovery = createDiscovery(caller);
  return {
    context: options.context,
    server: caller.connection.server.href.replace(/\/$/, ''),
    kubectl: options.kubectl,
    serverVersion: (call = {}) => serverVersion(caller, call),
    resource: (group, plural, call = {}) => discovery.find(group, plural, call),
    resourceOf: (ref, call = {}) => discovery.findKind(ref, call),
    read: (resource, key, call = {}) => readObject(caller, resource, key, call),
    list: async (resource, call = {}) => (await list(caller, resource, call)).objects,
    create: (resource, object, call = {}) => {
      const path = collectionPath(resource, object.metadata.namespace) + query(WRITE);
      return writeObject(caller, { method: 'POST', path, body: object }, about(resource, object.metadata, call));
    },
    replace: (resource, object, call = {}) => {
      const path = objectPath(resource, object.metadata) + query(WRITE);
      return writeObject(caller, { method: 'PUT', path, body: object }, about(resource, object.metadata, call));
    },
    patchJson: (resource, key, operations, call = {}) => {
      const path = objectPath(resource, key) + query(WRITE);
      const request = { method: 'PATCH', path, body: operations, contentType: 'application/json-patch+json' } as const;
      return writeObject(caller, request, about(resource, key, call));
    },
    remove: (resource, key, call = {}) => remove(caller, resource, key, call),
    watch: (resource, call, onEvent) => watch(caller, resource, call, onEvent),
    allowed: (request, call = {}) => allowed(caller, request, call),
    serverTime: async (call = {}) =>
      (await read(caller, { method: 'GET', path: '/version' }, { ...call, what: 'the version of the API server' }))
        .date,
    podProxyGet: (pod, port, path, call = {}) => podProxyGet(caller, pod, port, path, call),
    portForward: options.portForward,
    close: async () => options.close(),
  };
}

async function serverVersion(caller: Caller, options: CallOptions): Promise<string> {
  const answer = await read(caller, { method: 'GET', path: '/version' }, { ...options, what: '/version' });
  return (jsonOf(answer, '/version') as { readonly gitVersion?: string }).gitVersion ?? 'of an unknown version';
}

/** Typing errors in what we write are errors, not silence; and `managedFields` shall say who wrote. */
const WRITE = { fieldValidation: 'Strict', fieldManager: 'holdfast' };

/** That the object does not exist; that nothing is served at its path says nothing about the object. */
const isMissing =
  ({ name }: ObjectKey) =>
  (answer: ApiAnswer): boolean =>
    answer.status === 404 && parseStatus(answer)?.message?.includes(`"${name}"`) === true;

async function readObject(
  caller: Caller,
  resource: Resource,
  key: ObjectKey,
  options: CallOptions,
): Promise<KubernetesObject | undefined> {
  const call = about(resource, key, options);
  const request = { method: 'GET', path: objectPath(resource, key) } as const;
  const accepts = isMissing(key);
  const answer = await read(caller, request, { ...call, accepts });
  return accepts(answer) ? undefined : (jsonOf(answer, call.what) as KubernetesObject);
}

async function writeObject(caller: Caller, request: ApiRequest, call: Call): Promise<WriteResult> {
  const answer = await write(caller, request, call);
  return { object: jsonOf(answer, call.what) as KubernetesObject, warnings: answer.warnings };
}

async function remove(caller: Caller, resource: Resource, key: ObjectKey, options: DeleteOptions): Promise<void> {
  const { uid, resourceVersion, gracePeriodSeconds, ...call } = options;
  const preconditions = {
    ...(uid !== undefined && { uid }),
    ...(resourceVersion !== undefined && { resourceVersion }),
  };
  const body = {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    propagationPolicy: 'Background',
    ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
    ...(Object.keys(preconditions).length > 0 && { preconditions }),
  };
  const path = objectPath(resource, key);
  await write(caller, { method: 'DELETE', path, body }, { ...about(resource, key, call), accepts: isMissing(key) });
}

/** A review is a POST that changes nothing, so it is retried as a read is. */
async function allowed(caller: Caller, request: AccessRequest, options: CallOptions): Promise<boolean> {
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: request },
  };
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  const what = `SelfSubjectAccessReview (${request.verb} ${request.resource})`;
  const answer = await read(caller, { method: 'POST', path, body }, { ...options, what });
  const review = jsonOf(answer, what) as { readonly status?: { readonly allowed?: boolean } };
  return review.status?.allowed === true;
}

function about(resource: Resource, key: ObjectKey, options: CallOptions): Call {
  const { namespace, name } = key;
  return {
    ...options,
    what: describeRef({ kind: resource.kind, ...(namespace !== undefined && { namespace }), name }),
  };
}
