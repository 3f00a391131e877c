import * as z from 'zod';
import type { HttpBody, HttpRequestSpec } from '../../model/hypothesis.ts';
import type { Json } from '../../model/json.ts';
import { nearestName } from '../../util/nearest-name.ts';
import { withoutMarks } from '../cluster-secrets.ts';
import { complain } from './said.ts';
import { duration, flag, json, line, mapping, textMap } from './scalars.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

const method = z
  .string()
  .meta({ description: 'HTTP method; default GET.', examples: ['POST'] })
  .transform((text, context): string => {
    const upper = text.toUpperCase();
    if (METHODS.includes(upper)) return upper;
    const nearest = nearestName(text, METHODS);
    const hint = `${nearest === undefined ? '' : `Did you mean ${nearest}? `}Allowed: ${METHODS.join(', ')}.`;
    return complain(context, `\`${text}\` is not an HTTP method`, hint);
  });

const path = z
  .string()
  .meta({ description: 'Path on the ingress, or an absolute URL.', examples: ['/productpage', 'http://other:8080/'] })
  .transform((text, context): string => {
    if (/[\s\p{Cc}]/u.test(text)) return complain(context, 'a path has no blanks in it', 'Write a blank as %20.');
    if (text.includes('#'))
      return complain(context, 'a path has no `#` in it: fragments are never sent', 'Write it as %23.');
    if (text.startsWith('/') || (/^https?:\/\//.test(text) && URL.canParse(text))) return text;
    const allowed = 'Allowed: a path such as /productpage, or a URL such as http://host:8080/health.';
    return complain(context, `\`${text}\` does not start with \`/\``, allowed);
  });

/** Header names must be tokens and values must stay on their line, or Node refuses them when the request leaves. */
export const requestHeaders = textMap().transform((headers, context): Readonly<Record<string, string>> => {
  for (const [name, value] of Object.entries(headers)) {
    if (!TOKEN.test(name)) complain(context, `\`${name}\` is not a header name`, undefined, [name]);
    if (/[^\t\x20-\x7e\x80-\xff]/.test(withoutMarks(value)))
      complain(context, 'a header value keeps to one line of Latin text', undefined, [name]);
  }
  return headers;
});

const shape = {
  method: method.optional(),
  path,
  query: textMap()
    .optional()
    .meta({ description: 'Query parameters, encoded for you.', examples: [{ page: '2' }] }),
  headers: requestHeaders.optional().meta({ description: 'Request headers.', examples: [{ accept: 'text/html' }] }),
  body: z.string().optional().meta({ description: 'Body as it stands. One of body, json, form.' }),
  json: json.optional().meta({ description: 'Body sent as JSON, with its content type.' }),
  form: textMap()
    .optional()
    .meta({ description: 'Body sent as an HTML form would.', examples: [{ username: 'jason' }] }),
  timeout: duration(1)
    .optional()
    .meta({ description: 'Longest wait, from due to end; default 10s.', examples: ['10s'] }),
  followRedirects: flag().optional().meta({ description: 'Follow redirects; default false: a 302 is an answer.' }),
  freshConnection: flag()
    .optional()
    .meta({ description: 'A new connection for each request; default false: keep-alive.' }),
  insecure: flag().optional().meta({ description: 'Accept any server certificate; default false.' }),
};

const session = line().optional().meta({ description: 'Name of a session of spec.sessions whose cookies are sent.' });

/** The login request of a session: it has no session itself. */
export const loginRequest = mapping(shape).transform(toRequest);

export const httpRequest = mapping({ ...shape, session })
  .transform(toRequest)
  .meta({ id: 'HttpRequest' });

type Written = z.output<ReturnType<typeof mapping<typeof shape & { session: typeof session }>>>;

function toRequest(
  written: Omit<Written, 'session'> & { session?: string },
  context: z.core.ParsePayload,
): HttpRequestSpec {
  const bodies = (['body', 'json', 'form'] as const).filter((key) => written[key] !== undefined);
  if (bodies.length > 1) {
    const [first, second = ''] = bodies;
    complain(
      context,
      `\`${second}\` beside \`${first}\`: a request has one body`,
      'Allowed: one of body, json, form.',
      [second],
    );
  }
  if (bodies[0] !== undefined && written.method === undefined) {
    complain(context, `a request with \`${bodies[0]}\` needs its method`, 'Add method: POST (or PUT, PATCH).', [
      bodies[0],
    ]);
  }
  const body = bodyOf(written);
  return {
    method: written.method ?? 'GET',
    path: written.path,
    query: written.query ?? {},
    headers: written.headers ?? {},
    ...(body && { body }),
    ...(written.session !== undefined && { session: written.session }),
    timeout: written.timeout ?? 10_000,
    followRedirects: written.followRedirects ?? false,
    freshConnection: written.freshConnection ?? false,
    insecure: written.insecure ?? false,
  };
}

function bodyOf({ body, json, form }: Pick<Written, 'body' | 'json' | 'form'>): HttpBody | undefined {
  if (body !== undefined) return { kind: 'text', text: body };
  if (json !== undefined) return { kind: 'json', json: json as Json };
  return form && { kind: 'form', form };
}
