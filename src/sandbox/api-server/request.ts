import type { IncomingMessage } from 'node:http';
import { authenticate } from './access/authenticate.ts';
import type { Backend } from './backend.ts';
import { readBody, type ApiRequest } from './http.ts';

/** The request with its path, query and user. */
export function readRequest(backend: Backend, raw: IncomingMessage): ApiRequest {
  const url = new URL(raw.url ?? '/', 'https://localhost');
  const user = authenticate(raw, backend.store, backend.tokens);
  let body: Promise<Buffer> | undefined;
  return {
    method: raw.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: raw.headers,
    user,
    raw,
    body: () => (body ??= readBody(raw)),
  };
}
