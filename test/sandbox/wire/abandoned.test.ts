import { connect } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { createNetwork } from '../../../src/sandbox/wire/create-network.ts';
import { createNodePorts, type NodePorts } from '../../../src/sandbox/workloads/node-ports.ts';
import { startBackend, type Backend } from '../../helpers/backend.ts';
import { loss } from '../../helpers/traffic-fault.ts';
import { until } from '../../helpers/until.ts';
import { createWireClock } from '../../helpers/wire-clock.ts';

const POD = { ip: '10.244.1.2', port: 9080 };

let backend: Backend;
let nodePorts: NodePorts;

afterEach(async () => {
  nodePorts.closeAll();
  await backend.kill();
});

it('a client who leaves a node port before the connection is open leaves no request behind for later', async () => {
  backend = await startBackend('hello');
  const clock = createWireClock();
  const network = createNetwork({ clock });
  network.bind(POD.ip, POD.port, backend.port);
  network.faults.arm({ kind: 'pod', ip: POD.ip }, 'eth0', loss(100));
  nodePorts = createNodePorts(network, Math.random);
  const port = await nodePorts.open('default/web', 80, undefined, () => POD);

  const client = connect(port, '127.0.0.1');
  client.write('GET / HTTP/1.1\r\nhost: web\r\n\r\n');
  await until('its SYN waits to be repeated', () => clock.waiting > 0);
  client.destroy();
  await until('nothing waits any more', () => clock.waiting === 0);
  network.faults.disarm({ kind: 'pod', ip: POD.ip }, 'eth0');
  clock.step(200_000);
  expect(backend.received).toEqual([]);
});
