import { describe, expect, it } from 'vitest';
import type { Caller } from '../../../src/sandbox/network.ts';
import { pathOf, type Egress } from '../../../src/sandbox/wire/path.ts';

const NODE_OF: Readonly<Record<string, string>> = {
  '10.244.1.2': 'worker',
  '10.244.1.3': 'worker',
  '10.244.2.2': 'worker2',
};
const ADDRESS_OF: Readonly<Record<string, string>> = { worker: '192.168.0.1', worker2: '192.168.0.2' };

describe('the packets of a connection leave through', () => {
  it('only the pods’ own interfaces when both are on one node', () => {
    expect(path({ kind: 'pod', ip: '10.244.1.3' }, '10.244.1.2')).toEqual({
      there: ['pod 10.244.1.3: 50000 > 10.244.1.2:9080'],
      back: ['pod 10.244.1.2: 9080 > 10.244.1.3:50000'],
    });
  });

  it('their nodes’ too when they are on two', () => {
    expect(path({ kind: 'pod', ip: '10.244.1.3' }, '10.244.2.2')).toEqual({
      there: ['pod 10.244.1.3: 50000 > 10.244.2.2:9080', 'node worker: 50000 > 10.244.2.2:9080'],
      back: ['pod 10.244.2.2: 9080 > 10.244.1.3:50000', 'node worker2: 9080 > 10.244.1.3:50000'],
    });
  });

  it('a pod towards the cluster address of a Service, and its node towards the pod', () => {
    const caller: Caller = { kind: 'pod', ip: '10.244.1.3', service: { ip: '10.96.0.9', port: 80 } };
    expect(path(caller, '10.244.2.2').there).toEqual([
      'pod 10.244.1.3: 50000 > 10.96.0.9:80',
      'node worker: 50000 > 10.244.2.2:9080',
    ]);
  });

  it('the node that was asked, with the node port as source, when somebody outside is answered', () => {
    const client = { ip: '203.0.113.5', port: 1234 };
    const caller: Caller = { kind: 'outside', node: 'worker', nodePort: 31_000, client };
    expect(path(caller, '10.244.1.2')).toEqual({
      there: [],
      back: ['pod 10.244.1.2: 9080 > 192.168.0.1:50000', 'node worker: 31000 > 203.0.113.5:1234'],
    });
    expect(path(caller, '10.244.2.2')).toEqual({
      there: ['node worker: 50000 > 10.244.2.2:9080'],
      back: [
        'pod 10.244.2.2: 9080 > 192.168.0.1:50000',
        'node worker2: 9080 > 192.168.0.1:50000',
        'node worker: 31000 > 203.0.113.5:1234',
      ],
    });
  });

  it('the control plane’s node when the API server asks a pod elsewhere', () => {
    expect(path({ kind: 'node', node: 'worker' }, '10.244.2.2')).toEqual({
      there: ['node worker: 50000 > 10.244.2.2:9080'],
      back: ['pod 10.244.2.2: 9080 > 192.168.0.1:50000', 'node worker2: 9080 > 192.168.0.1:50000'],
    });
  });
});

function path(caller: Caller, podIp: string) {
  const nodeOf = (ip: string) => NODE_OF[ip];
  const addressOf = (node: string) => ADDRESS_OF[node] ?? '';
  const { there, back } = pathOf({ caller, pod: { ip: podIp, port: 9080 }, ephemeralPort: 50_000, nodeOf, addressOf });
  return { there: there.map(told), back: back.map(told) };
}

function told({ namespace, packet }: Egress): string {
  const where = namespace.kind === 'pod' ? `pod ${namespace.ip}` : `node ${namespace.name}`;
  return `${where}: ${packet.sourcePort} > ${packet.destinationIp}:${packet.destinationPort}`;
}
