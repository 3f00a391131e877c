import type { IncomingMessage } from 'node:http';
import type { Store } from '../../store.ts';
import { ApiError } from '../api-error.ts';
import { forbidden } from './forbidden.ts';
import { isAllowed } from './rules.ts';
import type { Attributes } from './rules.ts';
import type { Tokens } from './tokens.ts';
import { impersonated } from './user.ts';
import type { User } from './user.ts';

/** Who sent a request, by bearer token and impersonation headers; 401 when nobody known, 403 for a false mask. */
export function authenticate(request: IncomingMessage, store: Store, tokens: Tokens): User {
  const bearer = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const user = bearer === undefined ? undefined : tokens.userOf(bearer);
  if (!user) throw new ApiError(401, 'Unauthorized', 'Unauthorized');
  return impersonate(request, store, user);
}

function impersonate(request: IncomingMessage, store: Store, user: User): User {
  const name = request.headers['impersonate-user'];
  if (typeof name !== 'string') return user;
  const header = request.headersDistinct['impersonate-group'] ?? [];
  const wanted: Attributes[] = [
    name.startsWith('system:serviceaccount:') ? serviceAccountMask(name) : mask('users', name),
    ...header.map((group) => mask('groups', group)),
  ];
  for (const attributes of wanted) if (!isAllowed(store, user, attributes)) throw forbidden(user, attributes);
  return impersonated(name, header);
}

function serviceAccountMask(user: string): Attributes {
  const [, , namespace, name] = user.split(':');
  return { verb: 'impersonate', group: '', resource: 'serviceaccounts', namespace, name };
}

function mask(resource: string, name: string): Attributes {
  return { verb: 'impersonate', group: '', resource, name };
}
