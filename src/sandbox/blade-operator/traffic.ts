import type { PortRange, TrafficFault, TrafficFaults } from '../traffic-faults.ts';
import { listOf } from './matchers.ts';
import type { Flags } from './matchers.ts';
import { Refusal } from './refusal.ts';
import type { Target } from './targets.ts';

const FILTERS = ['local-port', 'remote-port', 'exclude-port', 'destination-ip', 'exclude-ip', 'protocol'];
const EXISTS = 'RTNETLINK answers: File exists';
const NO_SUCH = 'RTNETLINK answers: No such file or directory';

/**
 * `tc qdisc add`: one root discipline a device. A second one is refused, and the attempt to clean up after a refused one
 * with filters takes the first away. Source: chaosblade-exec-os, network/tc.
 */
export function addDiscipline(traffic: TrafficFaults, target: Target, action: string, flags: Flags): void {
  const device = flags.get('interface') ?? '';
  const fault = trafficFault(action, flags);
  if (!traffic.interfaces(target.network).includes(device)) throw new Refusal(NO_SUCH);
  const isTaken = traffic.armed(target.network, device) !== undefined;
  if (isTaken && flags.get('force') !== 'true') {
    if (FILTERS.some((name) => flags.has(name))) traffic.disarm(target.network, device);
    throw new Refusal(EXISTS);
  }
  traffic.arm(target.network, device, fault);
}

/** `tc qdisc del`: takes whatever is there, and fails when there is nothing. */
export function deleteDiscipline(traffic: TrafficFaults, target: Target, flags: Flags): void {
  if (!traffic.disarm(target.network, flags.get('interface') ?? '')) throw new Refusal(NO_SUCH);
}

function trafficFault(action: string, flags: Flags): TrafficFault {
  const protocol = (['tcp', 'udp', 'icmp'] as const).find((name) => name === flags.get('protocol'));
  return {
    effect: effectOf(action, flags),
    localPorts: ports(flags, 'local-port'),
    remotePorts: ports(flags, 'remote-port'),
    destinationIps: listOf(flags, 'destination-ip'),
    ...(protocol && { protocol }),
    excludePorts: ports(flags, 'exclude-port'),
    excludeIps: listOf(flags, 'exclude-ip'),
  };
}

function effectOf(action: string, flags: Flags): TrafficFault['effect'] {
  switch (action) {
    case 'delay':
      return { kind: 'delay', timeMs: numberOf(flags, 'time', 0), offsetMs: numberOf(flags, 'offset', 0) };
    case 'reorder':
      return { kind: 'reorder', percent: numberOf(flags, 'percent', 0), timeMs: numberOf(flags, 'time', 10) };
    case 'corrupt':
    case 'duplicate':
      return { kind: action, percent: numberOf(flags, 'percent', 0) };
    default:
      return { kind: 'loss', percent: numberOf(flags, 'percent', 0) };
  }
}

function numberOf(flags: Flags, name: string, fallback: number): number {
  const text = flags.get(name);
  if (text === undefined) return fallback;
  if (!/^\d+(\.\d+)?$/.test(text)) throw illegal(name, text, 'it must be a positive integer');
  return Number(text);
}

function ports(flags: Flags, name: string): PortRange[] {
  return listOf(flags, name).map((item) => {
    const [, from, to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(item) ?? [];
    if (from === undefined) throw illegal(name, item, 'it must be a port or a range of ports');
    return { from: Number(from), to: Number(to) };
  });
}

function illegal(name: string, value: string, why: string): Refusal {
  return new Refusal(`illegal \`${name}\` parameter value: \`${value}\`. ${why}`);
}
