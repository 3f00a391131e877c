import { BlockList } from 'node:net';
import type { PortRange, TrafficFault } from '../traffic-faults.ts';

/** A TCP packet where it leaves an interface. */
export interface Packet {
  readonly sourcePort: number;
  readonly destinationIp: string;
  readonly destinationPort: number;
}

/**
 * Whether a fault acts on a TCP packet, as ChaosBlade's tc filters sort them: without target filters everything but
 * what is excluded; with some, what matches (source or destination port, and address, and protocol) and is not excluded.
 */
export function hits(fault: TrafficFault, packet: Packet): boolean {
  const { localPorts, remotePorts, destinationIps, protocol } = fault;
  const hasPorts = localPorts.length > 0 || remotePorts.length > 0;
  const isTargeted = hasPorts || destinationIps.length > 0;
  if (!isTargeted && protocol === undefined) return !isExcluded(fault, packet);
  // With a protocol and exclusions alone no filter leads to netem (exec-os 1.7.4, buildTargetFilterPortAndIp).
  if (!isTargeted && hasExclusions(fault)) return false;
  if (protocol !== undefined && protocol !== 'tcp') return false;
  if (hasPorts && !within(localPorts, packet.sourcePort) && !within(remotePorts, packet.destinationPort)) return false;
  if (destinationIps.length > 0 && !includes(destinationIps, packet.destinationIp)) return false;
  return !isExcluded(fault, packet);
}

function hasExclusions({ excludePorts, excludeIps }: TrafficFault): boolean {
  return excludePorts.length > 0 || excludeIps.length > 0;
}

function isExcluded({ excludePorts, excludeIps }: TrafficFault, packet: Packet): boolean {
  return (
    within(excludePorts, packet.sourcePort) ||
    within(excludePorts, packet.destinationPort) ||
    includes(excludeIps, packet.destinationIp)
  );
}

function within(ranges: readonly PortRange[], port: number): boolean {
  return ranges.some(({ from, to }) => from <= port && port <= to);
}

/** Addresses, or networks such as 10.244.1.0/24. */
function includes(addresses: readonly string[], ip: string): boolean {
  if (addresses.length === 0) return false;
  const list = new BlockList();
  for (const address of addresses) {
    const [base = '', bits = '32'] = address.split('/');
    list.addSubnet(base, Number(bits));
  }
  return list.check(ip);
}
