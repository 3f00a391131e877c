import type { IncomingMessage } from 'node:http';
import type { HeaderChanges } from '../config/route-table.ts';
import type { Exchange } from './exchange.ts';
import { endToEnd, fromRaw, toRaw, without, type HeaderList } from './headers.ts';
import { grpcStatusFor, type LocalReply } from './local-reply.ts';
import { changed } from './upstream-headers.ts';

/** `envoy` or `istio-envoy`: what a proxy calls itself depends on whom it answers. */
export type ServerName = 'envoy' | 'istio-envoy';

/** Sends an answer of the proxy's own. A gRPC client gets status 200 and the reason in `grpc-status`. */
export function answerLocally(exchange: Exchange, reply: LocalReply, server: ServerName): void {
  const { outgoing } = exchange;
  if (outgoing.destroyed) return;
  if (reply.flag) exchange.flags.add(reply.flag);
  const body = exchange.grpc ? Buffer.alloc(0) : Buffer.from(reply.body);
  const headers: [string, string][] = [
    ...(reply.headers ?? []).map(([name, value]): [string, string] => [name, value]),
    ...contentHeaders(exchange, body),
    ...grpcHeaders(exchange, reply),
    ['server', server],
  ];
  outgoing.writeHead(exchange.grpc ? 200 : reply.status, toRaw(headers));
  outgoing.end(body);
}

function contentHeaders({ grpc }: Exchange, body: Buffer): [string, string][] {
  if (grpc) return [['content-type', 'application/grpc']];
  const type: [string, string][] = body.length > 0 ? [['content-type', 'text/plain']] : [];
  return [['content-length', String(body.length)], ...type];
}

function grpcHeaders({ grpc }: Exchange, reply: LocalReply): [string, string][] {
  const status = reply.grpcStatus ?? (grpc ? grpcStatusFor(reply.status) : undefined);
  if (status === undefined) return [];
  const message = String(reply.body);
  return [
    ['grpc-status', String(status)],
    ...(message === '' ? [] : ([['grpc-message', message]] as [string, string][])),
  ];
}

/** Passes an upstream's answer on. */
export function answerFromUpstream(
  exchange: Exchange,
  response: IncomingMessage,
  changes: readonly HeaderChanges[],
  serviceTimeMs: number,
  server: ServerName,
): void {
  const { outgoing } = exchange;
  let headers: HeaderList = without(endToEnd(fromRaw(response.rawHeaders)), 'server', 'x-envoy-upstream-service-time');
  for (const { response: change } of changes) headers = changed(headers, change);
  const own: HeaderList = [
    ['x-envoy-upstream-service-time', String(Math.round(serviceTimeMs))],
    ['server', server],
  ];
  outgoing.writeHead(response.statusCode ?? 502, toRaw([...headers, ...own]));
  response.pipe(outgoing);
}
