import type { RouteTable } from '../config/route-table.ts';
import type { CalledService } from '../metrics/request-labels.ts';
import type { Exchange } from './exchange.ts';
import type { Trace } from './finish.ts';
import { valueOf, without } from './headers.ts';
import type { ProxyContext } from './proxy-context.ts';
import { PEER_HEADER, proxy, type Side } from './serve-outbound.ts';
import type { UpstreamCluster } from './upstream-cluster.ts';
import { insideTheMesh } from './upstream-headers.ts';

const SIDE: Side = { server: 'istio-envoy', edge: false };

/** Serves what reaches the pod on one of its ports: on to the application, without rules. */
export async function serveInbound(
  exchange: Exchange,
  trace: Trace,
  application: UpstreamCluster,
  port: number,
  context: ProxyContext,
): Promise<void> {
  const { method, path, query, headers, scheme } = exchange.head;
  const caller = valueOf(headers, PEER_HEADER);
  trace.source = caller === undefined ? undefined : context.podAt(caller);
  trace.service = serviceOf(context.table(), context.pod.ip, port);
  trace.cluster = application.config.name;
  const request = {
    method,
    target: query === '' ? path : `${path}?${query}`,
    headers: without(insideTheMesh(headers, scheme), PEER_HEADER),
    body: await exchange.body,
  };
  await proxy(exchange, trace, application, request, { keepAttemptCount: true }, [], SIDE, context);
  trace.destination = context.pod;
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
