import { authorize, authorizePath, isWatch, verbOf } from './access/authorize.ts';
import { review } from './access/reviews.ts';
import { ApiError } from './api-error.ts';
import type { Backend, Call } from './backend.ts';
import { discover } from './discovery/discovery.ts';
import { openApi } from './discovery/openapi.ts';
import { decodeObject, expectedType } from './handlers/body.ts';
import { createObject } from './handlers/create.ts';
import { patchObject } from './handlers/patch.ts';
import { getObject, listObjects } from './handlers/read.ts';
import { removeCollection, removeObject } from './handlers/remove.ts';
import { replaceObject } from './handlers/update.ts';
import { watchObjects } from './handlers/watch.ts';
import type { ApiRequest, Reply } from './http.ts';
import { nothingServed, parseRoute } from './route.ts';
import type { Route } from './route.ts';
import { subresource } from './subresources/subresource.ts';

/** Answers a request of a known user: discovery, health and documents, or a resource after the rights were checked. */
export async function dispatch(backend: Backend, request: ApiRequest): Promise<Reply> {
  const route = parseRoute(backend.catalogue, request.path);
  if (!route) return pathReply(backend, request);
  const verb = verbOf(request, route);
  authorize(backend, request, route, verb);
  const call: Call = { backend, request, route, body: await request.body() };
  if (!supports(route, verb)) throw methodNotAllowed();
  if (route.subresource !== undefined) return subresource(call);
  return perform(call, verb);
}

async function perform(call: Call, verb: string): Promise<Reply> {
  switch (verb) {
    case 'get':
      return isWatch(call.request) ? watchObjects(call) : getObject(call);
    case 'list':
      return listObjects(call);
    case 'watch':
      return watchObjects(call);
    case 'create':
      return call.route.kind.verbs.includes('get') ? createObject(call) : reviewReply(call);
    case 'update':
      return replaceObject(call);
    case 'patch':
      return patchObject(call);
    case 'delete':
      return removeObject(call);
    default:
      return removeCollection(call);
  }
}

/** The kinds that can only be created are questions: they are answered and not stored. */
async function reviewReply(call: Call): Promise<Reply> {
  const body = await decodeObject(call, expectedType(call));
  const { store } = call.backend;
  return { code: 201, body: review(store, call.request.user, call.route.kind.plural, body) };
}

function pathReply(backend: Backend, request: ApiRequest): Reply {
  authorizePath(backend, request);
  if (/^\/(healthz|livez|readyz)(\/|$)/.test(request.path)) return { code: 200, body: 'ok', contentType: 'text/plain' };
  const reply =
    discover(backend.catalogue, request.path, request.headers.accept ?? '') ?? openApi(backend.catalogue, request.path);
  if (reply) return reply;
  if (request.path === '/')
    return { code: 200, body: { paths: ['/api', '/apis', '/healthz', '/openapi/v3', '/version'] } };
  throw nothingServed();
}

function supports({ kind, name, namespace, subresource: sub }: Route, verb: string): boolean {
  if (sub !== undefined) return true;
  const hasPlace = !kind.namespaced || namespace !== undefined || verb === 'list' || verb === 'watch';
  const onCollection = ['create', 'list', 'watch', 'deletecollection'].includes(verb);
  return kind.verbs.includes(verb) && hasPlace && onCollection === (name === undefined);
}

function methodNotAllowed(): ApiError {
  const message = 'the server does not allow this method on the requested resource';
  return new ApiError(405, 'MethodNotAllowed', message, {});
}
