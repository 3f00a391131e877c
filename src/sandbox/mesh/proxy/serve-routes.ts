import { hostName } from '../config/hosts.ts';
import { findRoute } from '../config/find-route.ts';
import type { Destination, Forward, Route, VirtualHost } from '../config/route-table.ts';
import type { Random } from '../random.ts';
import { hashKey } from './hash-key.ts';
import { replyLocally, type Hop } from './hop.ts';
import { injectFault } from './inject-fault.ts';
import { LOCAL_REPLIES } from './local-reply.ts';
import { sendMirrors } from './mirror.ts';
import { relay } from './relay.ts';
import { policyFor } from './request-overrides.ts';
import { rewritten, upstreamHeaders, type Entrance } from './upstream-headers.ts';

/** Serves a request by the routes of a virtual host: match, fault, then the router, in Envoy's filter order. */
export async function serveByRoutes(hop: Hop, host: VirtualHost | undefined, entrance: Entrance): Promise<void> {
  const { exchange, trace } = hop;
  trace.service = { host: hostName(exchange.head.authority), name: 'unknown', namespace: 'unknown' };
  const route = findRoute(host, exchange.head);
  if (route === undefined) return replyLocally(hop, LOCAL_REPLIES.noRoute);
  trace.routeName = route.name;
  const { action } = route;
  if (action.kind === 'forward') return serveForward(hop, route, action, entrance);
  const { status } = action;
  if (action.kind === 'direct') return replyLocally(hop, { status, body: action.body, details: 'direct_response' });
  const location = action.location(exchange.head);
  replyLocally(hop, { status, body: '', headers: [['location', location]], details: 'direct_response' });
}

async function serveForward(hop: Hop, route: Route, action: Forward, entrance: Entrance): Promise<void> {
  const { exchange, context } = hop;
  const destination = draw(action.destinations, context.random);
  nameService(hop, destination);
  const aborted = action.fault && (await injectFault(action.fault, exchange, context.random));
  if (exchange.gone.aborted) return;
  if (aborted) return replyLocally(hop, aborted);
  const cluster = destination && context.cluster(destination.cluster.key);
  if (destination === undefined || cluster === undefined) return replyLocally(hop, LOCAL_REPLIES.noCluster);

  const { head } = exchange;
  const { target, authority } = rewritten(head, action);
  const changes = [route.headers, destination.headers];
  const { hashOn } = cluster.config.policy;
  const key = hashOn && hashKey(hashOn, exchange);
  const policy = { ...policyFor(action, head.headers, entrance), hashKey: key };
  const headers = upstreamHeaders(hop, entrance, { authority, changes, policy });
  const request = { method: head.method, target, headers, body: await exchange.body };
  sendMirrors(action.mirrors, request, context);
  await relay(hop, { cluster, request, policy, changes });
}

/** One independent draw in proportion to the weights. */
function draw(destinations: readonly Destination[], random: Random): Destination | undefined {
  if (destinations.length <= 1) return destinations[0];
  let left = random.below(destinations.reduce((sum, { weight }) => sum + weight, 0));
  return destinations.find(({ weight }) => {
    left -= weight;
    return left < 0;
  });
}

function nameService({ trace, context }: Hop, destination: Destination | undefined): void {
  if (destination === undefined) return;
  const { key, host } = destination.cluster;
  const { service = 'unknown', namespace = 'unknown' } = context.table().clusters.get(key) ?? {};
  trace.cluster = key;
  trace.service = { host, name: service, namespace };
}
