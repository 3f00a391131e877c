import { isDeepStrictEqual } from 'node:util';
import type { Cluster, Endpoint } from '../config/route-table.ts';
import type { Random } from '../random.ts';
import { createCircuitBreaker, type CircuitBreaker } from './circuit-breaker.ts';
import { choose, chooseByHash } from './load-balancer.ts';
import { countResult, newHostState, usable, type HostState } from './outlier.ts';

/** An endpoint with what the proxy remembers of it. */
export interface UpstreamHost {
  readonly endpoint: Endpoint;
  readonly state: HostState;
}

/** A cluster as one proxy uses it: configuration, hosts, limits. Outlives configuration changes. */
export interface UpstreamCluster {
  readonly config: Cluster;
  readonly breaker: CircuitBreaker;
  configure(config: Cluster): void;
  /** The next host, one not yet tried if there is any, the key's own at first; undefined when none is healthy. */
  pick(tried: readonly UpstreamHost[], random: Random, key?: string): UpstreamHost | undefined;
  report(host: UpstreamHost, status: number): void;
}

/** Envoy looks this often for a host that was not tried yet. */
const RESELECTIONS = 5;

export function createUpstreamCluster(initial: Cluster): UpstreamCluster {
  let config = initial;
  let turn = 0;
  const breaker = createCircuitBreaker(initial.policy);
  const states = new Map<string, HostState>();
  const hosts = (): UpstreamHost[] =>
    config.endpoints.map((endpoint) => ({ endpoint, state: stateOf(states, endpoint) }));

  return {
    get config() {
      return config;
    },
    breaker,
    configure: (next) => {
      // Envoy builds a cluster anew when its configuration changes, and with it what it remembers of the hosts; endpoints
      // come by another way and change nothing (envoyproxy.io, cluster manager: cluster warming).
      if (!isDeepStrictEqual(next.policy.outlier, config.policy.outlier)) states.clear();
      config = next;
      breaker.limit(next.policy);
      const kept = new Set(next.endpoints.map(keyOf));
      for (const key of states.keys()) if (!kept.has(key)) states.delete(key);
    },
    pick: (tried, random, key) => {
      const candidates = usable(hosts(), config.policy.outlier, performance.now());
      const isTried = (host: UpstreamHost) => tried.some((one) => one.state === host.state);
      if (key !== undefined && tried.length === 0) return chooseByHash(candidates, key);
      let host: UpstreamHost | undefined;
      for (let round = 0; round <= RESELECTIONS; round += 1) {
        host = choose(candidates, config.policy.loadBalancing, turn, random);
        turn += 1;
        if (host === undefined || !isTried(host)) break;
      }
      return host;
    },
    report: ({ state }, status) => {
      const policy = config.policy.outlier;
      if (policy)
        countResult(
          policy,
          state,
          hosts().map((host) => host.state),
          status,
          performance.now(),
        );
    },
  };
}

function stateOf(states: Map<string, HostState>, endpoint: Endpoint): HostState {
  const key = keyOf(endpoint);
  const known = states.get(key) ?? newHostState();
  states.set(key, known);
  return known;
}

function keyOf({ ip, port }: Endpoint): string {
  return `${ip}:${port}`;
}
