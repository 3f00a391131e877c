import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { NetworkNamespace, PortRange, TrafficFaults } from '../../../src/sandbox/traffic-faults.ts';
import { httpGet, type HttpAnswer } from '../../helpers/http-get.ts';
import { startTestSandbox, type TestSandbox } from '../../helpers/start-sandbox.ts';
import { delay, loss } from '../../helpers/traffic-fault.ts';

// The gateway's pod is on the control plane's node, 127.0.0.1; the applications are on the workers.
const GATEWAY_NODE: NetworkNamespace = { kind: 'node', name: 'holdfast-control-plane' };
const OTHER_NODE: NetworkNamespace = { kind: 'node', name: 'holdfast-worker' };

let sandbox: TestSandbox;
let faults: TrafficFaults;
let ingressPort: PortRange;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  faults = sandbox.network.faults;
  const port = Number(new URL(sandbox.ingressUrl).port);
  ingressPort = { from: port, to: port };
});

afterEach(() => {
  for (const node of [GATEWAY_NODE, OTHER_NODE]) faults.disarm(node, 'eth0');
});

afterAll(() => sandbox.close());

describe('somebody outside who asks a node’s port', () => {
  it('waits for packets that leave that node from that port: connection and answer', async () => {
    faults.arm(GATEWAY_NODE, 'eth0', delay(60, { localPorts: [ingressPort] }));
    // The kernel accepts at once on loopback, so the SYN-ACK's 60 ms show with the answer's own.
    expect((await ask('127.0.0.1')).tookMs).toBeGreaterThanOrEqual(119);
  });

  it('does not wait at another node’s address, where the packets leave from', async () => {
    faults.arm(GATEWAY_NODE, 'eth0', loss(100, { localPorts: [ingressPort] }));
    expect((await ask('127.0.0.2')).status).toBe(200);
  });

  it('does not wait for what is armed on another node, unless its packets cross that', async () => {
    faults.arm(OTHER_NODE, 'eth0', delay(60, { localPorts: [ingressPort] }));
    expect((await ask('127.0.0.1')).status).toBe(200);
    // There its request goes on to the gateway's node, and the reply leaves from the port.
    expect((await ask('127.0.0.2')).tookMs).toBeGreaterThanOrEqual(119);
  });

  it('has no answer while all packets are lost, and no error either', async () => {
    faults.arm(GATEWAY_NODE, 'eth0', loss(100, { localPorts: [ingressPort] }));
    const patience = AbortSignal.timeout(400);
    await expect(ask('127.0.0.1', patience)).rejects.toThrow('aborted');
    faults.disarm(GATEWAY_NODE, 'eth0');
    expect((await ask('127.0.0.1')).status).toBe(200);
  });

  it('has every request answered sooner or later, never a 503, when 60 % are lost', async () => {
    faults.arm(GATEWAY_NODE, 'eth0', loss(60, { localPorts: [ingressPort] }));
    const inTimeOrLate = () =>
      ask('127.0.0.1', AbortSignal.timeout(1500)).then(
        ({ status }) => status,
        () => 'late',
      );
    const asked = await Promise.all(Array.from({ length: 60 }, inTimeOrLate));
    const inTime = asked.filter((status) => status === 200).length;
    expect(asked.filter((status) => status !== 200 && status !== 'late')).toEqual([]);
    // Within 1.5 s: SYN-ACKs at 0 and 1 s, answers (some 5 kB) at 0, 0.2, 0.4, 0.8 s; about half of them make it.
    expect(inTime).toBeGreaterThan(12);
    expect(inTime).toBeLessThan(52);
  });
});

function ask(host: string, signal?: AbortSignal): Promise<HttpAnswer> {
  return httpGet(`http://${host}:${ingressPort.from}/productpage`, signal ? { signal } : {});
}
