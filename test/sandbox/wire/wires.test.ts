import { request, type Agent } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Address, Caller, Network } from '../../../src/sandbox/network.ts';
import type { NetworkNamespace } from '../../../src/sandbox/traffic-faults.ts';
import { createNetwork } from '../../../src/sandbox/wire/create-network.ts';
import { PodAgent } from '../../../src/sandbox/mesh/proxy/pod-agent.ts';
import { startBackend, type Backend } from '../../helpers/backend.ts';
import { delay, loss } from '../../helpers/traffic-fault.ts';
import { until } from '../../helpers/until.ts';

const POD: Address = { ip: '10.244.1.2', port: 9080 };
const CALLER: Caller = { kind: 'pod', ip: '10.244.2.2' };
const ON_POD: NetworkNamespace = { kind: 'pod', ip: POD.ip };

let backend: Backend;
let network: Network;
let agent: Agent;

beforeEach(async () => {
  backend = await startBackend('hello');
  network = createNetwork();
  network.bind(POD.ip, POD.port, backend.port);
  agent = new PodAgent({ keepAlive: true }, (pod, options) => network.connect(CALLER, pod, options));
});

afterEach(async () => {
  agent.destroy();
  await backend.kill();
});

describe('a connection between pods', () => {
  it('is held by a delay on the called pod: once to connect, once for the answer', async () => {
    network.faults.arm(ON_POD, 'eth0', delay(60));
    const fresh = await call();
    expect(fresh.body).toBe('hello');
    expect(fresh.tookMs).toBeGreaterThanOrEqual(119);
    const again = await call();
    expect(again.tookMs).toBeGreaterThanOrEqual(59);
    expect(again.tookMs).toBeLessThan(fresh.tookMs);
  });

  it('feels a fault that is armed while it is open, and recovers when that is gone', async () => {
    await call();
    network.faults.arm(ON_POD, 'eth0', delay(80));
    expect((await call()).tookMs).toBeGreaterThanOrEqual(79);
    expect(network.faults.disarm(ON_POD, 'eth0')).toBe(true);
    expect((await call()).tookMs).toBeLessThan(79);
    expect(network.faults.disarm(ON_POD, 'eth0')).toBe(false);
  });

  it('hangs while all packets are lost and is served with a later try', async () => {
    await call();
    network.faults.arm(ON_POD, 'eth0', loss(100));
    const answer = call();
    // The answer is lost when it leaves, some turns of the event loop after the request arrived.
    let turns = 0;
    await until('the answer has left', () => backend.received.length === 2 && (turns += 1) > 10);
    network.faults.disarm(ON_POD, 'eth0');
    expect((await answer).body).toBe('hello');
    expect((await answer).tookMs).toBeGreaterThanOrEqual(150);
  });

  it('opens with the next SYN when the first was lost', async () => {
    network.faults.arm(ON_POD, 'eth0', loss(100));
    const answer = call();
    await until('the connection is being opened', () => Object.keys(agent.sockets).length === 1);
    network.faults.disarm(ON_POD, 'eth0');
    expect((await answer).tookMs).toBeGreaterThanOrEqual(950);
    expect(backend.received).toHaveLength(1);
  });

  it('leaves nothing behind when the caller goes away during the handshake', async () => {
    network.faults.arm(ON_POD, 'eth0', loss(100));
    const socket = network.connect(CALLER, POD);
    const ends: string[] = [];
    socket.on('error', (error) => ends.push(error.message)).on('connect', () => ends.push('connected'));
    socket.destroy();
    await until('it is closed', () => socket.closed);
    network.faults.disarm(ON_POD, 'eth0');
    expect(ends).toEqual([]);
  });

  it('is refused where nothing listens', async () => {
    const socket = network.connect(CALLER, { ...POD, port: 1 });
    const error = await new Promise<NodeJS.ErrnoException>((resolve) => socket.on('error', resolve));
    expect(error).toMatchObject({ code: 'ECONNREFUSED', syscall: 'connect' });
  });

  it('passes large bodies whole in spite of losses', async () => {
    const body = 'x'.repeat(300_000);
    backend.answer = (_question, response) => void response.end(body);
    network.faults.arm(ON_POD, 'eth0', loss(1));
    expect((await call()).body.length).toBe(body.length);
  });
});

describe('the faults on interfaces', () => {
  it('know the interfaces of pods that are there and of nodes', () => {
    expect(network.faults.interfaces(ON_POD)).toEqual(['lo', 'eth0']);
    expect(network.faults.interfaces({ kind: 'node', name: 'holdfast-worker' })).toEqual(['lo', 'eth0']);
    expect(network.faults.interfaces({ kind: 'pod', ip: '10.244.1.99' })).toEqual([]);
    expect(network.faults.interfaces({ kind: 'node', name: '192.168.3.13' })).toEqual([]);
  });

  it('go with the pod', () => {
    network.faults.arm(ON_POD, 'eth0', loss(60));
    expect(network.faults.armed(ON_POD, 'eth0')).toEqual(loss(60));
    network.unbind(POD.ip);
    expect(network.faults.armed(ON_POD, 'eth0')).toBeUndefined();
  });

  it('do not touch what leaves elsewhere or through another port', async () => {
    network.faults.arm(ON_POD, 'lo', loss(100));
    network.faults.arm(ON_POD, 'eth0', loss(100, { localPorts: [{ from: 8080, to: 8080 }] }));
    network.faults.arm({ kind: 'node', name: 'holdfast-control-plane' }, 'eth0', loss(100));
    expect((await call()).body).toBe('hello');
  });
});

interface Answer {
  readonly body: string;
  readonly tookMs: number;
}

function call(): Promise<Answer> {
  const started = performance.now();
  const where = { host: '127.0.0.1', port: backend.port, pod: POD };
  return new Promise((resolve, reject) => {
    const outgoing = request({ ...where, agent }, (incoming) => {
      let body = '';
      incoming.setEncoding('utf8').on('data', (text: string) => (body += text));
      incoming.on('end', () => resolve({ body, tookMs: performance.now() - started }));
    });
    outgoing.on('error', reject).end();
  });
}
