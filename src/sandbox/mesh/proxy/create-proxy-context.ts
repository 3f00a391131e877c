import { Agent } from 'node:http';
import type { Address, ConnectOptions, Network } from '../../network.ts';
import type { RouteTable } from '../config/route-table.ts';
import { createRequestMetrics } from '../metrics/request-metrics.ts';
import type { MeshPod } from '../mesh.ts';
import type { Random } from '../random.ts';
import { PodAgent } from './pod-agent.ts';
import type { ProxyContext } from './proxy-context.ts';
import { createUpstreamCluster, type UpstreamCluster } from './upstream-cluster.ts';

export interface ProxyOptions {
  readonly pod: MeshPod;
  readonly table: RouteTable;
  readonly random: Random;
  readonly istioMinor: number;
  readonly network: Pick<Network, 'lookup' | 'connect'>;
  readonly podAt: (ip: string) => MeshPod | undefined;
  readonly log?: (line: string) => void;
}

/** The context with the two things only its owner may do. */
export interface OwnedContext {
  readonly context: ProxyContext;
  /** For connections inside the pod, to the application. */
  readonly localAgent: Agent;
  /** Lets requests from now on follow another configuration. */
  switchTo(table: RouteTable): void;
  /** Prometheus text of the proxy. */
  stats(): string;
  close(): void;
}

/** Idle connections are given up before Node's HTTP servers do it (5 s), so that none is found closed when it is needed. */
const UPSTREAM_IDLE_MS = 3000;

export function createProxyContext(options: ProxyOptions): OwnedContext {
  const { pod, random, istioMinor, network, podAt, log } = options;
  let table = options.table;
  const clusters = new Map<string, UpstreamCluster>();
  const connect = (to: Address, how: ConnectOptions) => network.connect({ kind: 'pod', ip: pod.ip }, to, how);
  const lasting = new PodAgent({ keepAlive: true, timeout: UPSTREAM_IDLE_MS }, connect);
  const single = new PodAgent({ keepAlive: false }, connect);
  const localAgent = new Agent({ keepAlive: true, timeout: UPSTREAM_IDLE_MS });
  const metrics = createRequestMetrics();
  const cluster = (key: string): UpstreamCluster | undefined => {
    const config = table.clusters.get(key);
    if (config === undefined) return undefined;
    const known = clusters.get(key) ?? createUpstreamCluster(config);
    clusters.set(key, known);
    return known;
  };
  const agentFor = ({ config }: UpstreamCluster) => (config.policy.maxRequestsPerConnection === 1 ? single : lasting);
  return {
    localAgent,
    context: {
      pod,
      random,
      metrics,
      wires: { agentFor, lookup: network.lookup, random },
      istioMinor,
      podAt,
      log,
      table: () => table,
      cluster,
    },
    switchTo: (next) => {
      table = next;
      for (const [key, known] of clusters) {
        const config = next.clusters.get(key);
        if (config) known.configure(config);
        else clusters.delete(key);
      }
    },
    stats: () => metrics.text() + overflowText(clusters),
    close: () => {
      for (const agent of [lasting, single, localAgent]) agent.destroy();
    },
  };
}

function overflowText(clusters: ReadonlyMap<string, UpstreamCluster>): string {
  const lines = [...clusters].map(
    ([key, { breaker }]) => `envoy_cluster_upstream_rq_pending_overflow{cluster_name="${key}"} ${breaker.overflows}\n`,
  );
  return ['# TYPE envoy_cluster_upstream_rq_pending_overflow counter\n', ...lines].join('');
}
