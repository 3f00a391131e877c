/** Whose packets: a pod's own network namespace, or a node's. */
export type NetworkNamespace =
  { readonly kind: 'pod'; readonly ip: string } | { readonly kind: 'node'; readonly name: string };

/** Ports or a range of them, both ends included. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/**
 * What netem does to packets that leave an interface. Without any of the first four filters it hits all of them but the
 * excluded ones; with some, those that match and are not excluded. Source: chaosblade-exec-os, tc network actions.
 */
export interface TrafficFault {
  readonly effect:
    | { readonly kind: 'loss' | 'corrupt' | 'duplicate'; readonly percent: number }
    | { readonly kind: 'delay'; readonly timeMs: number; readonly offsetMs: number }
    | { readonly kind: 'reorder'; readonly percent: number; readonly timeMs: number };
  /** Source ports of the packets that leave. */
  readonly localPorts: readonly PortRange[];
  /** Destination ports of the packets that leave. */
  readonly remotePorts: readonly PortRange[];
  /** Addresses, or networks as 10.244.1.0/24. */
  readonly destinationIps: readonly string[];
  readonly protocol?: 'tcp' | 'udp' | 'icmp';
  readonly excludePorts: readonly PortRange[];
  readonly excludeIps: readonly string[];
}

/** The sandbox's packets as the ChaosBlade operator acts on them: one root queueing discipline an interface. */
export interface TrafficFaults {
  /** Interfaces of a namespace (`eth0`, `lo`); empty when there is no such namespace. */
  interfaces(namespace: NetworkNamespace): readonly string[];
  /** What is in force on an interface. */
  armed(namespace: NetworkNamespace, device: string): TrafficFault | undefined;
  /** Replaces what is in force. */
  arm(namespace: NetworkNamespace, device: string, fault: TrafficFault): void;
  /** False when nothing was in force. */
  disarm(namespace: NetworkNamespace, device: string): boolean;
}
