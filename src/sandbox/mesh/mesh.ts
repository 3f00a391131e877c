/** A pod as the mesh sees it. */
export interface MeshPod {
  readonly name: string;
  readonly namespace: string;
  readonly ip: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Workload name for metrics, e.g. `reviews-v2`. */
  readonly workload: string;
}

/** A proxy beside a pod, or a gateway's own. All ports are real loopback ports. */
export interface Proxy {
  /** Where the application sends its outbound HTTP; the destination is taken from the Host header. Absent on gateways. */
  readonly outboundPort?: number;
  /** Container port -> loopback port of the listener in front of the application (or of the gateway's listener). */
  readonly inboundPorts: ReadonlyMap<number, number>;
  /** Loopback port of `GET /stats/prometheus` (container port 15020 and 15090). */
  readonly metricsPort: number;
  /** Stops; `reset` resets open connections as a killed pod does. */
  close(how: 'reset' | 'drain'): Promise<void>;
}

/** The data plane: reads Gateways, VirtualServices, DestinationRules, Services and EndpointSlices from the store. */
export interface Mesh {
  /** A sidecar for a pod whose application listens on these loopback ports (container port -> loopback port). */
  sidecar(pod: MeshPod, applicationPorts: ReadonlyMap<number, number>): Promise<Proxy>;
  /** The gateway's own proxy: listens for container ports (80 -> 8080 as in the stock Service). */
  gateway(pod: MeshPod, containerPorts: readonly number[]): Promise<Proxy>;
  close(): Promise<void>;
}
