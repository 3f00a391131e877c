import type { HeaderChanges } from '../config/route-table.ts';
import { answerFromUpstream } from './answer.ts';
import { replyLocally, type Hop } from './hop.ts';
import { forward, type RouterPolicy } from './router.ts';
import type { UpstreamCluster } from './upstream-cluster.ts';
import type { UpstreamRequest } from './upstream-request.ts';

/** A request ready to go up, and how. */
export interface Errand {
  readonly cluster: UpstreamCluster;
  readonly request: UpstreamRequest;
  readonly policy: RouterPolicy;
  /** What happens to the answer's headers. */
  readonly changes: readonly HeaderChanges[];
}

/** Runs the router and passes on what it brings. */
export async function relay(hop: Hop, { cluster, request, policy, changes }: Errand): Promise<void> {
  const { exchange, trace, context, server } = hop;
  const started = performance.now();
  const routed = await forward({ request, cluster, policy }, exchange, context.wires);
  if (routed.kind === 'gone') return;
  if (routed.host) trace.upstream = `${routed.host.endpoint.ip}:${routed.host.endpoint.port}`;
  if (routed.kind === 'reply') return replyLocally(hop, routed.reply);

  const { response, deadline, host } = routed;
  trace.details = 'via_upstream';
  trace.serviceTimeMs = performance.now() - started;
  trace.grpcStatus = response.headers['grpc-status'];
  // Who answers is known from its answer; a proxy that was never reached stays unknown.
  trace.destination = context.podAt(host.endpoint.ip);
  response.once('close', deadline.clear);
  response.once('error', () => {
    if (deadline.ended !== 'gone') exchange.flags.add(deadline.ended === 'timeout' ? 'UT' : 'UC');
    exchange.outgoing.destroy();
  });
  answerFromUpstream(exchange, response, changes, trace.serviceTimeMs, server);
}
