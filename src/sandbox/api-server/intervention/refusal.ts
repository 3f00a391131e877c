import { forbidden } from '../access/forbidden.ts';
import { alreadyExists, ApiError, conflict, expired, notFound, staleWrite } from '../api-error.ts';
import type { Backend } from '../backend.ts';
import type { ApiRequest } from '../http.ts';
import { nothingServed, type Route } from '../route.ts';
import { invalid } from '../validation/metadata.ts';
import type { SeenRequest } from './intervene.ts';
import type { RefusalCode } from './misbehaviour.ts';

/** A request with what is known of it. */
export interface KnownRequest {
  readonly backend: Backend;
  readonly request: ApiRequest;
  readonly route?: Route;
  readonly seen: SeenRequest;
}

/** The Status that a real API server would refuse this request with, had it the reason. */
export function refusalOf(known: KnownRequest, code: RefusalCode): ApiError {
  const { resource, name = '' } = known.seen;
  switch (code) {
    case 401:
      return new ApiError(401, 'Unauthorized', 'Unauthorized');
    case 403:
      return forbiddenTo(known);
    case 404:
      return name === '' ? nothingServed() : notFound(resource, name);
    case 409:
      return conflictOf(known);
    case 410:
      return expiredFor(known);
    case 422:
      return invalidFor(known);
    case 429: {
      const details = { retryAfterSeconds: 1 };
      const message = 'the server has received too many requests and has asked us to try again later';
      return new ApiError(429, 'TooManyRequests', message, details);
    }
    // etcd's errors carry no reason (apiserver's ErrorToAPIStatus), and leave open whether a write took place.
    case 500:
      return new ApiError(500, '', 'etcdserver: request timed out');
    case 503:
      return new ApiError(503, 'ServiceUnavailable', 'the server is currently unable to handle the request');
  }
}

function forbiddenTo({ request, route, seen }: KnownRequest): ApiError {
  if (!route) return forbidden(request.user, { verb: seen.verb, path: seen.path });
  const { kind, namespace, name, subresource } = route;
  const { group, plural: resource } = kind;
  return forbidden(request.user, { verb: seen.verb, group, resource, subresource, namespace, name });
}

function conflictOf({ seen: { verb, resource, name = '' } }: KnownRequest): ApiError {
  if (verb === 'create') return alreadyExists(resource, name);
  if (verb !== 'delete') return staleWrite(resource, name);
  return conflict(resource, name, 'Precondition failed: UID in precondition does not match UID in object meta');
}

function expiredFor({ backend, request }: KnownRequest): ApiError {
  const now = backend.store.revision();
  if (!request.query.has('continue')) return expired(Math.max(1, now - 1), now);
  const message =
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without ' +
    'the continue parameter.';
  return new ApiError(410, 'Expired', message);
}

function invalidFor({ route, seen }: KnownRequest): ApiError {
  const cause = { reason: 'FieldValueInvalid', field: 'spec', message: 'Invalid value: "object": refused by a policy' };
  if (route) return invalid(route.kind, seen.name ?? '', [cause]);
  return new ApiError(422, 'Invalid', `${cause.field}: ${cause.message}`, { causes: [cause] });
}
