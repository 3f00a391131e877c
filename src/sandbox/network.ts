/**
 * The sandbox's pod network. Pods have made-up addresses (10.244.x.y, as a real cluster shows them) and real servers on
 * loopback ports; this table leads from the one to the other.
 */
export interface Network {
  /** Says that `ip:port` is served by this loopback port from now on. */
  bind(ip: string, port: number, loopbackPort: number): void;
  /** Forgets all ports of an address: connections to it are refused from now on. */
  unbind(ip: string): void;
  /** The loopback port behind `ip:port`, or undefined when nothing listens there. */
  lookup(ip: string, port: number): number | undefined;
}
