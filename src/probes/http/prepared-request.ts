import type { Ingress } from '../../cluster/ingress.ts';
import type { HttpBody, HttpRequestSpec } from '../../model/hypothesis.ts';
import type { Session } from './session.ts';
import { resolveTarget, type Target } from './target.ts';

/** A request with everything worked out that is the same each time it is sent. */
export interface PreparedRequest {
  readonly spec: HttpRequestSpec;
  readonly target: Target;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly session?: Session;
}

/** Works a request out: its target, headers (its own before the session's) and body. Throws on an invalid URL. */
export function prepareRequest(spec: HttpRequestSpec, ingress: Ingress, session?: Session): PreparedRequest {
  const body = spec.body === undefined ? undefined : encode(spec.body);
  return {
    spec,
    target: resolveTarget(spec.path, spec.query, ingress),
    headers: {
      'user-agent': 'holdfast',
      accept: '*/*',
      ...(body !== undefined && { 'content-type': body.type, 'content-length': String(body.bytes.length) }),
      ...lowerCased(session?.headers ?? {}),
      ...lowerCased(spec.headers),
    },
    ...(body !== undefined && { body: body.bytes }),
    ...(session !== undefined && { session }),
  };
}

function encode(body: HttpBody): { readonly type: string; readonly bytes: Buffer } {
  switch (body.kind) {
    case 'text':
      return { type: 'text/plain; charset=utf-8', bytes: Buffer.from(body.text) };
    case 'json':
      return { type: 'application/json', bytes: Buffer.from(JSON.stringify(body.json)) };
    case 'form':
      return {
        type: 'application/x-www-form-urlencoded',
        bytes: Buffer.from(new URLSearchParams(body.form).toString()),
      };
  }
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
