import type { Cluster, Endpoint } from './route-table.ts';
import { trafficPolicy } from './traffic-policy.ts';

/** A cluster of one fixed endpoint that no rule is about. */
export function clusterFor(endpoint: Endpoint, name = 'PassthroughCluster'): Cluster {
  const policy = trafficPolicy([], endpoint.port);
  return { name, host: endpoint.ip, namespace: '', service: '', endpoints: [endpoint], policy };
}
