import { request as httpRequest } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { notFound } from '../api-error.ts';
import type { Address, Caller } from '../../network.ts';
import type { Call } from '../backend.ts';
import { send, statusObject } from '../http.ts';
import type { Reply } from '../http.ts';
import { listenerOf, portOf, unreachable } from './pod-address.ts';

const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'proxy-connection', 'te']);
const CREDENTIALS = new Set(['authorization', 'impersonate-user', 'impersonate-group']);

/** `pods/[http:]NAME[:PORT]/proxy/PATH`: passes the request on to the pod's port and the answer back. */
export function proxyToPod(call: Call): Reply {
  const { namespace, name = '', rest } = call.route;
  const [podName = '', portText] = name.replace(/^https?:/, '').split(':');
  const pod = call.backend.store.get('pods', namespace, podName);
  if (!pod) throw notFound('pods', podName);
  const address = listenerOf(call.backend.network, pod, portOf(pod, portText));
  return { stream: (response) => pass(call, { address, path: rest || '/' }, response) };
}

/** It runs on the control plane's node, in the node's own network. */
const API_SERVER: Caller = { kind: 'node', node: 'holdfast-control-plane' };

interface Target {
  readonly address: Address;
  readonly path: string;
}

function pass(call: Call, target: Target, response: ServerResponse): void {
  const { request, body } = call;
  const search = /\?.*$/.exec(request.raw.url ?? '')?.[0] ?? '';
  const outgoing = httpRequest({
    createConnection: () => call.backend.network.connect(API_SERVER, target.address),
    method: request.method,
    path: target.path + search,
    headers: {
      ...passedHeaders(request.headers, (name) => CREDENTIALS.has(name)),
      host: `${request.headers.host?.split(':')[0] ?? 'localhost'}:${target.address.port}`,
      ...(body.length > 0 ? { 'content-length': String(body.length) } : {}),
    },
  });
  outgoing.on('response', (answer: IncomingMessage) => {
    response.writeHead(answer.statusCode ?? 502, passedHeaders(answer.headers));
    answer.pipe(response);
    answer.on('error', () => response.destroy());
  });
  outgoing.on('error', (error) => {
    if (response.headersSent) response.destroy();
    else send(response, { code: 503, body: statusObject(unreachable(error.message)) });
  });
  response.on('close', () => outgoing.destroy());
  outgoing.end(body);
}

function passedHeaders(
  headers: IncomingMessage['headers'],
  dropped: (name: string) => boolean = () => false,
): Record<string, string | string[] | undefined> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name) && !dropped(name)));
}
