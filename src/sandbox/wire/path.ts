import type { NetworkNamespace } from '../traffic-faults.ts';
import type { Address, Caller } from '../network.ts';
import type { Packet } from './packet-filter.ts';

/** A packet leaving a namespace through its eth0. */
export interface Egress {
  readonly namespace: NetworkNamespace;
  readonly packet: Packet;
}

/** The interfaces that the packets of one connection leave through, in each direction. */
export interface Path {
  readonly there: readonly Egress[];
  readonly back: readonly Egress[];
}

export interface PathOptions {
  readonly caller: Caller;
  readonly pod: Address;
  /** The caller's port on its last leg to the pod, made up as there is no real one in the pod network. */
  readonly ephemeralPort: number;
  /** The node that has a pod's address; undefined for an address outside all node subnets. */
  readonly nodeOf: (podIp: string) => string | undefined;
  readonly addressOf: (node: string) => string;
}

/**
 * Which namespaces see a packet leave, and how it looks there. Pods on one node reach each other without their node's
 * eth0; between nodes packets are routed as they are (no tunnel), so a node's filters see pod addresses and ports.
 */
export function pathOf({ caller, pod, ephemeralPort, nodeOf, addressOf }: PathOptions): Path {
  const ourNode = caller.kind === 'pod' ? nodeOf(caller.ip) : caller.node;
  const ourIp = caller.kind === 'pod' ? caller.ip : addressOf(caller.node);
  const podNode = nodeOf(pod.ip);
  const request: Packet = { sourcePort: ephemeralPort, destinationIp: pod.ip, destinationPort: pod.port };
  const reply: Packet = { sourcePort: pod.port, destinationIp: ourIp, destinationPort: ephemeralPort };
  const across = (node: string | undefined, packet: Packet): Egress[] =>
    node === undefined || ourNode === podNode ? [] : [{ namespace: { kind: 'node', name: node }, packet }];

  const there = across(ourNode, request);
  const back = [{ namespace: { kind: 'pod', ip: pod.ip } as const, packet: reply }, ...across(podNode, reply)];
  if (caller.kind === 'pod') return { there: [leavingPod(caller, request), ...there], back };
  if (caller.kind === 'node') return { there, back };
  return { there, back: [...back, restoredReply(caller)] };
}

type PodCaller = Extract<Caller, { kind: 'pod' }>;
type OutsideCaller = Extract<Caller, { kind: 'outside' }>;

/** A pod that calls a Service sends to its cluster address; only its node turns that into a pod's. */
function leavingPod({ ip, service }: PodCaller, request: Packet): Egress {
  const aimed = service ? { ...request, destinationIp: service.ip, destinationPort: service.port } : request;
  return { namespace: { kind: 'pod', ip }, packet: aimed };
}

/** The reply of a NodePort leaves the node that was asked, with the node port as its source again. */
function restoredReply({ node, nodePort, client }: OutsideCaller): Egress {
  return {
    namespace: { kind: 'node', name: node },
    packet: { sourcePort: nodePort, destinationIp: client.ip, destinationPort: client.port },
  };
}
