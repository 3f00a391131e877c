import { isIP } from 'node:net';
import { findVirtualHost } from '../config/find-route.ts';
import { hostName, hostPort } from '../config/hosts.ts';
import { clusterFor } from '../config/passthrough.ts';
import { replyLocally, type Hop } from './hop.ts';
import { LOCAL_REPLIES, resetReply } from './local-reply.ts';
import { relay } from './relay.ts';
import { serveByRoutes } from './serve-routes.ts';
import { createUpstreamCluster } from './upstream-cluster.ts';
import { insideTheMesh, targetOf } from './upstream-headers.ts';
import { wait } from './wait.ts';

/** How long a connection to an address where nothing answers is tried. */
const CONNECT_TIMEOUT_MS = 10_000;

/** Serves what the application beside the proxy sends out; the destination is in the Host header. */
export async function serveSidecar(hop: Hop): Promise<void> {
  const { exchange, trace, context } = hop;
  if (exchange.httpVersion === '1.0') return replyLocally(hop, LOCAL_REPLIES.lowVersion);
  const { authority } = exchange.head;
  const { ports } = context.table();
  const host = findVirtualHost(ports.get(hostPort(authority)) ?? [], authority);
  if (host) {
    trace.opaque = host.opaque === true;
    return serveByRoutes(hop, host, 'mesh');
  }

  trace.cluster = 'PassthroughCluster';
  trace.service = { host: hostName(authority), name: 'PassthroughCluster', namespace: 'unknown' };
  if (isIP(hostName(authority)) !== 0) return passThrough(hop);
  const known = [...ports.values()].some((hosts) => findVirtualHost(hosts, authority) !== undefined);
  // A name nobody has cannot be resolved; a Service's address swallows packets to ports that it does not have.
  if (!known) return replyLocally(hop, LOCAL_REPLIES.unknownHost);
  if (await wait(CONNECT_TIMEOUT_MS, exchange.gone)) replyLocally(hop, resetReply('unanswered'));
}

/** To an address the mesh knows nothing about: no rules, no retries, no timeout. */
async function passThrough(hop: Hop): Promise<void> {
  const { head, body } = hop.exchange;
  const { method, authority, headers, scheme } = head;
  const cluster = createUpstreamCluster(clusterFor({ ip: hostName(authority), port: hostPort(authority) }));
  const request = { method, target: targetOf(head), headers: insideTheMesh(headers, scheme), body: await body };
  await relay(hop, { cluster, request, policy: { keepAttemptCount: true }, changes: [] });
}
