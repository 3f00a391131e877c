import { describe, expect, it } from 'vitest';
import type { TrafficFault } from '../../../src/sandbox/traffic-faults.ts';
import { hits, type Packet } from '../../../src/sandbox/wire/packet-filter.ts';
import { loss } from '../../helpers/traffic-fault.ts';

const packet: Packet = { sourcePort: 9080, destinationIp: '10.244.1.7', destinationPort: 40_000 };
const port = (from: number, to = from) => ({ from, to });

describe('a fault on an interface hits', () => {
  it.each<[string, Partial<TrafficFault>, boolean]>([
    ['everything without filters', {}, true],
    ['what leaves from a local port', { localPorts: [port(9080)] }, true],
    ['nothing from another local port', { localPorts: [port(8080)] }, false],
    ['a port within a range', { localPorts: [port(9000, 9100)] }, true],
    ['what goes to a remote port', { remotePorts: [port(40_000)] }, true],
    ['not the local port when the remote one is meant', { remotePorts: [port(9080)] }, false],
    ['either of local and remote port', { localPorts: [port(1)], remotePorts: [port(40_000)] }, true],
    ['what goes to an address', { destinationIps: ['10.244.1.7'] }, true],
    ['what goes to a network', { destinationIps: ['10.244.1.0/24'] }, true],
    ['not another address', { destinationIps: ['10.244.1.8'] }, false],
    ['port and address together only', { localPorts: [port(9080)], destinationIps: ['10.244.2.1'] }, false],
    ['TCP', { protocol: 'tcp' }, true],
    ['no TCP when UDP is meant', { protocol: 'udp' }, false],
    ['not an excluded source port', { excludePorts: [port(9080)] }, false],
    ['not an excluded destination port', { excludePorts: [port(40_000)] }, false],
    ['not an excluded address', { excludeIps: ['10.244.0.0/16'] }, false],
    ['what is not excluded', { excludePorts: [port(22)], excludeIps: ['10.0.0.1'] }, true],
    [
      'not what is excluded, even where a filter matches',
      { localPorts: [port(9080)], excludePorts: [port(9080)] },
      false,
    ],
    ['nothing with a protocol and exclusions alone', { protocol: 'tcp', excludePorts: [port(22)] }, false],
  ])('%s', (_what, filters, expected) => {
    expect(hits(loss(60, filters), packet)).toBe(expected);
  });
});
