import type { Socket } from 'node:net';
import type { TrafficFaults } from './traffic-faults.ts';

export interface Address {
  readonly ip: string;
  readonly port: number;
}

/** Who opens a connection to a pod, which decides whose interfaces its packets cross. */
export type Caller =
  /** A pod; `service` is the cluster address it asked for when no proxy chose the pod. */
  | { readonly kind: 'pod'; readonly ip: string; readonly service?: Address }
  /** Something in a node's own network, such as the API server. */
  | { readonly kind: 'node'; readonly node: string }
  /** Somebody outside the cluster who asked a node's port. */
  | { readonly kind: 'outside'; readonly node: string; readonly nodePort: number; readonly client: Address };

/**
 * The sandbox's pod network. Pods have made-up addresses (10.244.x.y, as a real cluster shows them) and real servers on
 * loopback ports; this table leads from the one to the other.
 */
export interface Network {
  /** Says that `ip:port` is served by this loopback port from now on. */
  bind(ip: string, port: number, loopbackPort: number): void;
  /** Forgets all ports of an address, and the faults on its interfaces: connections to it are refused from now on. */
  unbind(ip: string): void;
  /** The loopback port behind `ip:port`, or undefined when nothing listens there. */
  lookup(ip: string, port: number): number | undefined;
  /**
   * Opens a TCP connection to a pod's port. It fails like any other: refused, timed out, reset. Faults armed on the way
   * hold up its packets, also those armed while it is open.
   */
  connect(caller: Caller, pod: Address, options?: ConnectOptions): Socket;
  /** The faults on the interfaces of pods and nodes. */
  readonly faults: TrafficFaults;
}

export interface ConnectOptions {
  readonly allowHalfOpen?: boolean;
  /** Milliseconds without traffic until the socket says `timeout`. */
  readonly timeout?: number;
}
