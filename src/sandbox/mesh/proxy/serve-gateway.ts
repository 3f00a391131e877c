import { findVirtualHost } from '../config/find-route.ts';
import { answerLocally } from './answer.ts';
import type { Exchange } from './exchange.ts';
import type { Trace } from './finish.ts';
import { LOCAL_REPLIES } from './local-reply.ts';
import type { ProxyContext } from './proxy-context.ts';
import { serveByRoutes, type Side } from './serve-outbound.ts';

const SIDE: Side = { server: 'istio-envoy', edge: true };

/** Serves what comes in from outside on one container port of a gateway. */
export async function serveGateway(
  exchange: Exchange,
  trace: Trace,
  port: number,
  context: ProxyContext,
): Promise<void> {
  if (exchange.httpVersion === '1.0') return answerLocally(exchange, LOCAL_REPLIES.lowVersion, SIDE.server);
  const host = findVirtualHost(context.table().ports.get(port) ?? [], exchange.head.authority);
  await serveByRoutes(exchange, trace, host, SIDE, context);
}
