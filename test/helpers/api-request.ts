import { request } from 'node:https';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { parse } from 'yaml';
import type { ApiServer } from '../../src/sandbox/api-server/server.ts';

/** An answer of the API server, its JSON parsed. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: Record<string, unknown>;
}

/** What a request carries beside its path; `token` null sends none. */
export interface ApiCall {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly token?: string | null;
  readonly signal?: AbortSignal;
}

/** Sends a request as the administrator, unless told otherwise, and reads the whole answer. */
export async function callApi(
  server: Pick<ApiServer, 'url' | 'kubeconfig'>,
  path: string,
  call: ApiCall = {},
): Promise<ApiAnswer> {
  const response = await openApiStream(server, path, call);
  const text = await readAll(response);
  const json = (/^\s*\{/.test(text) ? safeParse(text) : {}) as Record<string, unknown>;
  return { status: response.statusCode ?? 0, headers: response.headers, text, json };
}

/** Sends a request and gives the answer as soon as its head is there. */
export function openApiStream(
  server: Pick<ApiServer, 'url' | 'kubeconfig'>,
  path: string,
  call: ApiCall = {},
): Promise<IncomingMessage> {
  const { ca, token } = credentialsOf(server.kubeconfig);
  const { method = call.body === undefined ? 'GET' : 'POST', body } = call;
  const bearer = call.token === undefined ? token : call.token;
  const payload = Buffer.isBuffer(body) || typeof body === 'string' ? body : JSON.stringify(body);
  const headers = {
    accept: 'application/json',
    ...(payload === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
    ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
    ...call.headers,
  };
  return new Promise((resolve, reject) => {
    const outgoing = request(server.url + path, { method, ca, headers, agent: false, signal: call.signal }, resolve);
    outgoing.on('error', reject);
    outgoing.end(payload);
  });
}

function credentialsOf(kubeconfig: string): { ca: string; token: string } {
  const config = parse(kubeconfig) as {
    clusters: { cluster: Record<string, string> }[];
    users: { user: Record<string, string> }[];
  };
  const ca = Buffer.from(config.clusters[0]?.cluster['certificate-authority-data'] ?? '', 'base64').toString();
  return { ca, token: config.users[0]?.user['token'] ?? '' };
}

async function readAll(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return text;
}

/** A watch that ended is several JSON documents: no object as a whole. */
function safeParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
