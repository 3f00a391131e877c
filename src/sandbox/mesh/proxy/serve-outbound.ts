import { hostName } from '../config/hosts.ts';
import { findRoute } from '../config/find-route.ts';
import type { Destination, Forward, HeaderChanges, Route, VirtualHost } from '../config/route-table.ts';
import type { Random } from '../random.ts';
import { answerFromUpstream, answerLocally, type ServerName } from './answer.ts';
import type { Exchange } from './exchange.ts';
import type { Trace } from './finish.ts';
import { withHeader, without, type HeaderList } from './headers.ts';
import { injectFault } from './inject-fault.ts';
import { LOCAL_REPLIES, type LocalReply } from './local-reply.ts';
import { sendMirrors } from './mirror.ts';
import type { ProxyContext } from './proxy-context.ts';
import { policyFor } from './request-overrides.ts';
import { forward, type RouterPolicy } from './router.ts';
import type { UpstreamCluster } from './upstream-cluster.ts';
import { atTheEdge, changed, insideTheMesh, rewritten } from './upstream-headers.ts';

/** On which side of the mesh an outbound request comes in. */
export interface Side {
  readonly server: ServerName;
  readonly edge: boolean;
}

/** Serves a request by the routes of a virtual host: match, fault, then the router, in Envoy's filter order. */
export async function serveByRoutes(
  exchange: Exchange,
  trace: Trace,
  host: VirtualHost | undefined,
  side: Side,
  context: ProxyContext,
): Promise<void> {
  const reply = (local: LocalReply) => {
    trace.details = local.details;
    trace.grpcStatus = local.grpcStatus;
    answerLocally(exchange, local, side.server);
  };
  trace.service = { host: hostName(exchange.head.authority), name: 'unknown', namespace: 'unknown' };
  const route = findRoute(host, exchange.head);
  if (route === undefined) return reply(LOCAL_REPLIES.noRoute);
  trace.routeName = route.name;
  const { action } = route;
  if (action.kind === 'redirect') {
    const location = action.location(exchange.head);
    return reply({ status: action.status, body: '', headers: [['location', location]], details: 'direct_response' });
  }
  if (action.kind === 'direct') {
    return reply({ status: action.status, body: action.body, details: 'direct_response' });
  }
  await serveForward(exchange, trace, { route, action }, side, context, reply);
}

async function serveForward(
  exchange: Exchange,
  trace: Trace,
  { route, action }: { readonly route: Route; readonly action: Forward },
  side: Side,
  context: ProxyContext,
  reply: (local: LocalReply) => void,
): Promise<void> {
  const destination = draw(action.destinations, context.random);
  const cluster = destination && context.cluster(destination.cluster.key);
  nameService(trace, destination, cluster);
  const aborted = action.fault && (await injectFault(action.fault, exchange, context.random));
  if (exchange.gone.aborted) return;
  if (aborted) return reply(aborted);
  if (destination === undefined || cluster === undefined) return reply(LOCAL_REPLIES.noCluster);

  const { target, authority } = rewritten(exchange.head, action);
  const changes = [route.headers, destination.headers];
  const policy = policyFor(action, exchange.head.headers, side.edge);
  const headers = upstreamHeaders(exchange, authority, changes, policy, side, context);
  const body = await exchange.body;
  const request = { method: exchange.head.method, target, headers, body };
  sendMirrors(action.mirrors, request, context);
  await proxy(exchange, trace, cluster, request, policy, changes, side, context);
}

/** Runs the router on a prepared request and passes on what it brings. */
export async function proxy(
  exchange: Exchange,
  trace: Trace,
  cluster: UpstreamCluster,
  request: Parameters<typeof forward>[0],
  policy: RouterPolicy,
  changes: readonly HeaderChanges[],
  side: Side,
  context: ProxyContext,
): Promise<void> {
  const started = performance.now();
  const routed = await forward(request, cluster, policy, exchange.gone, exchange.flags, context.wires);
  if (routed.kind === 'gone') return;
  if (routed.host) {
    const { ip, port } = routed.host.endpoint;
    trace.upstream = `${ip}:${port}`;
    // Who answers is known from its answer; a proxy that was never reached stays unknown.
    trace.destination = routed.kind === 'response' ? context.podAt(ip) : undefined;
  }
  if (routed.kind === 'reply') {
    trace.details = routed.reply.details;
    answerLocally(exchange, routed.reply, side.server);
    return;
  }
  const { response, deadline } = routed;
  trace.details = 'via_upstream';
  trace.serviceTimeMs = performance.now() - started;
  trace.grpcStatus = response.headers['grpc-status'];
  response.once('close', deadline.clear);
  response.once('error', () => {
    if (deadline.ended !== 'gone') exchange.flags.add(deadline.ended === 'timeout' ? 'UT' : 'UC');
    exchange.outgoing.destroy();
  });
  answerFromUpstream(exchange, response, changes, trace.serviceTimeMs, side.server);
}

/** One independent draw in proportion to the weights. */
function draw(destinations: readonly Destination[], random: Random): Destination | undefined {
  const total = destinations.reduce((sum, { weight }) => sum + weight, 0);
  if (destinations.length <= 1) return destinations[0];
  let left = random.below(total);
  return destinations.find(({ weight }) => {
    left -= weight;
    return left < 0;
  });
}

function nameService(trace: Trace, destination: Destination | undefined, cluster: UpstreamCluster | undefined): void {
  if (destination === undefined) return;
  trace.cluster = destination.cluster.key;
  const { host } = destination.cluster;
  const { service = 'unknown', namespace = 'unknown' } = cluster?.config ?? {};
  trace.service = { host, name: service, namespace };
}

function upstreamHeaders(
  exchange: Exchange,
  authority: string,
  changes: readonly HeaderChanges[],
  policy: RouterPolicy,
  side: Side,
  { pod }: ProxyContext,
): HeaderList {
  const { head, clientAddress } = exchange;
  let headers = side.edge
    ? atTheEdge(head.headers, clientAddress, head.scheme)
    : insideTheMesh(head.headers, head.scheme);
  for (const { request } of changes) headers = changed(headers, request);
  headers = without(headers, 'host', 'x-envoy-max-retries', 'x-envoy-upstream-rq-timeout-ms');
  const limit = policy.retry?.perTryTimeoutMs ?? policy.timeoutMs;
  if (limit !== undefined) headers = withHeader(headers, 'x-envoy-expected-rq-timeout-ms', String(Math.round(limit)));
  headers = withHeader(headers, PEER_HEADER, pod.ip);
  return [['host', authority], ...headers];
}

/** Tells the called side's proxy who calls; it takes the header away again. */
export const PEER_HEADER = 'x-envoy-peer-metadata-id';
