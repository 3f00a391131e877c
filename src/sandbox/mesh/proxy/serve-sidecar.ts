import { isIP } from 'node:net';
import { clusterFor } from '../config/passthrough.ts';
import { findVirtualHost } from '../config/find-route.ts';
import { hostName, hostPort } from '../config/hosts.ts';
import { answerLocally } from './answer.ts';
import type { Exchange } from './exchange.ts';
import type { Trace } from './finish.ts';
import { LOCAL_REPLIES, resetReply, type LocalReply } from './local-reply.ts';
import type { ProxyContext } from './proxy-context.ts';
import { proxy, serveByRoutes, type Side } from './serve-outbound.ts';
import { createUpstreamCluster } from './upstream-cluster.ts';
import { insideTheMesh } from './upstream-headers.ts';
import { wait } from './wait.ts';

const SIDE: Side = { server: 'envoy', edge: false };

/** How long a connection to an address where nothing answers is tried. */
const CONNECT_TIMEOUT_MS = 10_000;

/** Serves what the application beside the proxy sends out; the destination is in the Host header. */
export async function serveOutbound(exchange: Exchange, trace: Trace, context: ProxyContext): Promise<void> {
  if (exchange.httpVersion === '1.0') return answerLocally(exchange, LOCAL_REPLIES.lowVersion, SIDE.server);
  const { authority } = exchange.head;
  const table = context.table();
  const host = findVirtualHost(table.ports.get(hostPort(authority)) ?? [], authority);
  if (host) return serveByRoutes(exchange, trace, host, SIDE, context);
  trace.cluster = 'PassthroughCluster';
  trace.service = { host: hostName(authority), name: 'PassthroughCluster', namespace: 'unknown' };
  if (isIP(hostName(authority)) !== 0) return passThrough(exchange, trace, context);

  const known = [...table.ports.values()].some((hosts) => findVirtualHost(hosts, authority) !== undefined);
  // A Service's address on a port it does not have swallows packets; a name nobody has cannot be resolved at all.
  if (known && !(await wait(CONNECT_TIMEOUT_MS, exchange.gone))) return;
  const reply: LocalReply = known ? resetReply('unanswered') : LOCAL_REPLIES.unknownHost;
  trace.details = reply.details;
  answerLocally(exchange, reply, SIDE.server);
}

/** To an address the mesh knows nothing about: no rules, no retries, no timeout. */
async function passThrough(exchange: Exchange, trace: Trace, context: ProxyContext): Promise<void> {
  const { method, path, query, authority, headers, scheme } = exchange.head;
  const cluster = createUpstreamCluster(clusterFor({ ip: hostName(authority), port: hostPort(authority) }));
  const request = {
    method,
    target: query === '' ? path : `${path}?${query}`,
    headers: insideTheMesh(headers, scheme),
    body: await exchange.body,
  };
  await proxy(exchange, trace, cluster, request, { keepAttemptCount: true }, [], SIDE, context);
}
