import type { RouteTable } from '../config/route-table.ts';
import type { RequestMetrics } from '../metrics/request-metrics.ts';
import type { MeshPod } from '../mesh.ts';
import type { Random } from '../random.ts';
import type { Wires } from './router.ts';
import type { UpstreamCluster } from './upstream-cluster.ts';

/** What all listeners of one proxy share. */
export interface ProxyContext {
  readonly pod: MeshPod;
  readonly random: Random;
  readonly metrics: RequestMetrics;
  readonly wires: Wires;
  readonly istioMinor: number;
  /** The pod behind an address, if it has a proxy. */
  readonly podAt: (ip: string) => MeshPod | undefined;
  readonly log: ((line: string) => void) | undefined;
  /** The configuration in force; a request keeps the table it began with. */
  readonly table: () => RouteTable;
  /** A cluster by Envoy's name, with what this proxy remembers of it. */
  readonly cluster: (key: string) => UpstreamCluster | undefined;
}
