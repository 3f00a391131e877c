import { durationMs } from './duration.ts';
import type { ConsistentHashSpec, TrafficPolicySpec } from './objects.ts';

export type LoadBalancing = 'LEAST_REQUEST' | 'ROUND_ROBIN' | 'RANDOM';

/** What a client proxy keeps to when it calls one cluster; defaults are Istio's. */
export interface TrafficPolicy {
  readonly loadBalancing: LoadBalancing;
  /** What of a request decides the host; a request without it goes anywhere. */
  readonly hashOn?: ConsistentHashSpec;
  readonly maxConnections: number;
  readonly maxPendingRequests: number;
  readonly maxRequests: number;
  /** 0 = unlimited. */
  readonly maxRequestsPerConnection: number;
  /** Absent = hosts are never ejected. */
  readonly outlier?: OutlierPolicy;
}

export interface OutlierPolicy {
  /** 0 = not counted. */
  readonly consecutive5xx: number;
  /** 0 = not counted. */
  readonly consecutiveGatewayErrors: number;
  readonly intervalMs: number;
  readonly baseEjectionMs: number;
  readonly maxEjectionPercent: number;
  readonly minHealthPercent: number;
  /** Before Envoy 1.28 the first host could always be ejected. */
  readonly firstAlwaysEjects: boolean;
}

type Blocks = Pick<TrafficPolicySpec, 'loadBalancer' | 'connectionPool' | 'outlierDetection'>;

const UNLIMITED = 2 ** 32 - 1;

/** Policies from outermost to innermost (rule, then subset) as the one in force for a port. */
export function trafficPolicy(
  layers: readonly (TrafficPolicySpec | undefined)[],
  port: number,
  istioMinor = 24,
): TrafficPolicy {
  const { loadBalancer, connectionPool, outlierDetection } = layers.reduce<Blocks>(
    (base, layer) => overlay(base, layer, port),
    {},
  );
  return {
    loadBalancing: loadBalancing(loadBalancer?.simple, istioMinor),
    ...(loadBalancer?.consistentHash ? { hashOn: loadBalancer.consistentHash } : {}),
    maxConnections: orDefault(connectionPool?.tcp?.maxConnections, UNLIMITED),
    maxPendingRequests: orDefault(connectionPool?.http?.http1MaxPendingRequests, UNLIMITED),
    maxRequests: orDefault(connectionPool?.http?.http2MaxRequests, UNLIMITED),
    maxRequestsPerConnection: connectionPool?.http?.maxRequestsPerConnection ?? 0,
    ...(outlierDetection ? { outlier: outlierPolicy(outlierDetection, istioMinor) } : {}),
  };
}

/** Block by block; settings for the port replace all blocks and inherit nothing. */
function overlay(base: Blocks, layer: TrafficPolicySpec | undefined, port: number): Blocks {
  if (layer === undefined) return base;
  const forPort = layer.portLevelSettings?.find((setting) => setting.port?.number === port);
  if (forPort) return forPort;
  return {
    loadBalancer: layer.loadBalancer ?? base.loadBalancer,
    connectionPool: layer.connectionPool ?? base.connectionPool,
    outlierDetection: layer.outlierDetection ?? base.outlierDetection,
  };
}

function loadBalancing(simple: string | undefined, istioMinor: number): LoadBalancing {
  if (simple === 'ROUND_ROBIN' || simple === 'RANDOM') return simple;
  if (simple === 'PASSTHROUGH') return 'RANDOM';
  return simple === undefined && istioMinor <= 13 ? 'ROUND_ROBIN' : 'LEAST_REQUEST';
}

function orDefault(value: number | undefined, fallback: number): number {
  return value === undefined || value === 0 ? fallback : value;
}

function outlierPolicy(spec: NonNullable<Blocks['outlierDetection']>, istioMinor: number): OutlierPolicy {
  return {
    consecutive5xx: spec.consecutive5xxErrors ?? 5,
    consecutiveGatewayErrors: spec.consecutiveGatewayErrors ?? 0,
    intervalMs: durationMs(spec.interval) ?? 10_000,
    baseEjectionMs: durationMs(spec.baseEjectionTime) ?? 30_000,
    maxEjectionPercent: spec.maxEjectionPercent ?? 10,
    minHealthPercent: spec.minHealthPercent ?? 0,
    firstAlwaysEjects: istioMinor <= 19,
  };
}
