import type { Backend } from '../backend.ts';
import type { ApiRequest } from '../http.ts';
import type { Route } from '../route.ts';
import { forbidden } from './forbidden.ts';
import { isAllowed } from './rules.ts';

/** Refuses with 403 what the user's roles do not allow on a resource. */
export function authorize(backend: Backend, request: ApiRequest, route: Route, verb: string): void {
  const { kind, namespace, name, subresource } = route;
  const attributes = {
    verb,
    group: kind.group,
    resource: kind.plural,
    subresource,
    // A namespace is asked for inside itself, so that its own roles may grant it.
    namespace: kind.plural === 'namespaces' ? name : namespace,
    name: subresource === 'proxy' ? name?.replace(/^https?:/, '').split(':')[0] : name,
  };
  if (!isAllowed(backend.store, request.user, attributes)) throw forbidden(request.user, attributes);
}

/** Refuses with 403 a path that is no resource. */
export function authorizePath(backend: Backend, request: ApiRequest): void {
  const attributes = { verb: 'get', path: request.path };
  if (!isAllowed(backend.store, request.user, attributes)) throw forbidden(request.user, attributes);
}

/** The RBAC verb of a request. */
export function verbOf(request: ApiRequest, route: Route): string {
  switch (request.method) {
    case 'GET':
    case 'HEAD': {
      if (route.name !== undefined) return 'get';
      return isWatch(request) ? 'watch' : 'list';
    }
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return route.name === undefined ? 'deletecollection' : 'delete';
    default:
      return request.method.toLowerCase();
  }
}

/** Whether a GET asks for changes. */
export function isWatch(request: ApiRequest): boolean {
  const watch = request.query.get('watch');
  return watch === 'true' || watch === '1';
}
