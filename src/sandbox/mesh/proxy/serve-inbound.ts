import type { RouteTable } from '../config/route-table.ts';
import type { CalledService } from '../metrics/request-labels.ts';
import { valueOf, without } from './headers.ts';
import type { Hop } from './hop.ts';
import { relay } from './relay.ts';
import type { UpstreamCluster } from './upstream-cluster.ts';
import { insideTheMesh, PEER_HEADER, targetOf } from './upstream-headers.ts';

/** Serves what reaches the pod on one of its ports: on to the application, without rules. */
export async function serveInbound(hop: Hop, application: UpstreamCluster, port: number): Promise<void> {
  const { exchange, trace, context } = hop;
  const { method, headers, scheme } = exchange.head;
  const caller = valueOf(headers, PEER_HEADER);
  trace.source = caller === undefined ? undefined : context.podAt(caller);
  trace.destination = context.pod;
  trace.service = serviceOf(context.table(), context.pod.ip, port);
  trace.cluster = application.config.name;
  const request = {
    method,
    target: targetOf(exchange.head),
    headers: without(insideTheMesh(headers, scheme), PEER_HEADER),
    body: await exchange.body,
  };
  await relay(hop, { cluster: application, request, policy: { keepAttemptCount: true }, changes: [] });
}

/** The Service behind which this pod's port stands. */
function serviceOf(table: RouteTable, ip: string, port: number): CalledService | undefined {
  for (const cluster of table.clusters.values()) {
    if (cluster.endpoints.some((endpoint) => endpoint.ip === ip && endpoint.port === port)) {
      return { host: cluster.host, name: cluster.service, namespace: cluster.namespace };
    }
  }
  return undefined;
}
