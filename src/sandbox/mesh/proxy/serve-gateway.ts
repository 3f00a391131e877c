import { findVirtualHost } from '../config/find-route.ts';
import { replyLocally, type Hop } from './hop.ts';
import { LOCAL_REPLIES } from './local-reply.ts';
import { serveByRoutes } from './serve-routes.ts';

/** Serves what comes in from outside on one container port of a gateway. */
export async function serveGateway(hop: Hop, port: number): Promise<void> {
  const { exchange, context } = hop;
  if (exchange.httpVersion === '1.0') return replyLocally(hop, LOCAL_REPLIES.lowVersion);
  const host = findVirtualHost(context.table().ports.get(port) ?? [], exchange.head.authority);
  await serveByRoutes(hop, host, 'edge');
}
