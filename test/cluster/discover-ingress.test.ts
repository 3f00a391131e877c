import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { discoverIngress } from '../../src/cluster/discover-ingress.ts';
import type { Ingress } from '../../src/cluster/ingress.ts';
import type { IngressSpec } from '../../src/model/experiment.ts';
import type { KubernetesObject } from '../../src/model/kubernetes.ts';
import { HoldfastError } from '../../src/model/errors.ts';
import { createFakeCluster, type FakeClusterOptions } from '../helpers/fake-cluster.ts';
import { gateway, node, pod, service, virtualService } from '../helpers/ingress-objects.ts';
import { systemClock } from '../../src/engine/clock.ts';

let server: Server;
/** A port that answers, and one at which nothing listens. */
let openPort: number;
let closedPort: number;

beforeAll(async () => {
  server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  const other = createServer().listen(0, '127.0.0.1');
  await Promise.all([once(server, 'listening'), once(other, 'listening')]);
  openPort = (server.address() as AddressInfo).port;
  closedPort = (other.address() as AddressInfo).port;
  other.close();
  await once(other, 'close');
});
afterAll(() => void server.close());

function discover(
  objects: readonly KubernetesObject[],
  ingress: IngressSpec = {},
  options: FakeClusterOptions = {},
  signal = new AbortController().signal,
): Promise<Ingress> {
  const cluster = createFakeCluster(objects, options);
  return discoverIngress({ cluster, ingress, namespace: 'default', signal, clock: systemClock });
}

describe('the address of the ingress', () => {
  it('is the load balancer, with the port of the Service', async () => {
    const status = { loadBalancer: { ingress: [{ ip: '127.0.0.1' }] } };
    const gw = gateway('bookinfo-gateway', ['*'], { number: openPort });
    const found = await discover([gw, pod(), service({}, { port: openPort }, status)]);
    expect(found).toMatchObject({
      scheme: 'http',
      address: '127.0.0.1',
      port: openPort,
      host: `127.0.0.1:${openPort}`,
      how: 'load balancer of Service istio-system/istio-ingressgateway',
    });
  });

  it('is a name where the load balancer has one (AWS)', async () => {
    const status = { loadBalancer: { ingress: [{ hostname: 'localhost' }] } };
    const gw = gateway('bookinfo-gateway', ['*'], { number: openPort });
    await expect(discover([gw, pod(), service({}, { port: openPort }, status)])).resolves.toMatchObject({
      address: 'localhost',
    });
  });

  it('is an external IP that somebody gave the Service', async () => {
    const gw = gateway('bookinfo-gateway', ['*'], { number: openPort });
    const found = await discover([gw, pod(), service({ externalIPs: ['127.0.0.1'] }, { port: openPort })]);
    expect(found.how).toBe(
      'external IP of Service istio-system/istio-ingressgateway (load balancer of Service istio-system/istio-ingressgateway is <pending>)',
    );
  });

  it('is the node port while the load balancer is <pending>, on the node of a gateway pod', async () => {
    const found = await discover([gateway(), pod(), service({}, { nodePort: openPort })]);
    expect(found).toMatchObject({ address: '127.0.0.1', port: openPort, host: `127.0.0.1:${openPort}` });
    expect(found.how).toBe(
      `node port ${openPort} of Service istio-system/istio-ingressgateway on the node of a gateway pod (load balancer of Service istio-system/istio-ingressgateway is <pending>)`,
    );
  });

  it('is found for a Gateway on the container port, as Bookinfo has it since 2023', async () => {
    const gw = gateway('bookinfo-gateway', ['*'], { number: 8080 });
    await expect(discover([gw, pod(), service({}, { nodePort: openPort })])).resolves.toMatchObject({ port: openPort });
  });

  it('falls to the next candidate when one does not answer, and says so', async () => {
    const status = { loadBalancer: { ingress: [{ ip: '127.0.0.1' }] } };
    const gw = gateway('bookinfo-gateway', ['*'], { number: closedPort });
    const found = await discover([gw, pod(), service({}, { port: closedPort, nodePort: openPort }, status)]);
    expect(found.port).toBe(openPort);
    expect(found.how).toContain(
      `load balancer of Service istio-system/istio-ingressgateway at 127.0.0.1:${closedPort}: connection refused`,
    );
  });

  it('is the External IP of a node before its Internal IP', async () => {
    const away = { ...pod(), status: { conditions: [{ type: 'Ready', status: 'True' }] } };
    const nodes = [node('worker-1', 'InternalIP', '127.0.0.1'), node('worker-2', 'ExternalIP', '127.0.0.1')];
    const found = await discover([gateway(), away, service({}, { nodePort: openPort }), ...nodes]);
    expect(found.how).toContain('on node worker-2 (ExternalIP)');
  });

  it('is only a node with a gateway pod under externalTrafficPolicy Local', async () => {
    const away = { ...pod(), status: { conditions: [{ type: 'Ready', status: 'True' }] } };
    const nodes = [node('worker-2', 'ExternalIP', '127.0.0.1'), node('worker-1', 'InternalIP', '127.0.0.1')];
    const spec = { externalTrafficPolicy: 'Local' };
    const found = await discover([gateway(), away, service(spec, { nodePort: openPort }), ...nodes]);
    expect(found.how).toContain('on node worker-1 (InternalIP)');
  });

  it('is the host port or host network of a pod behind a ClusterIP Service', async () => {
    const containers = [{ ports: [{ containerPort: 80, hostPort: openPort }] }];
    await expect(
      discover([gateway(), pod({ containers }), service({ type: 'ClusterIP' }, { targetPort: 80 })]),
    ).resolves.toMatchObject({ port: openPort, how: 'host port of Pod istio-system/gw-1' });
    const gw = gateway('bookinfo-gateway', ['*'], { number: openPort });
    await expect(discover([gw, pod({ hostNetwork: true })])).resolves.toMatchObject({
      port: openPort,
      how: 'host network of Pod istio-system/gw-1 (no Service selects the gateway pods)',
    });
  });

  it('is a port-forward to the container port as the last resort', async () => {
    const forwarded: unknown[] = [];
    let closed = false;
    const found = await discover(
      [gateway(), pod(), service({ type: 'ClusterIP' })],
      {},
      {
        portForward: (target, port) => {
          forwarded.push(target, port);
          return { host: '127.0.0.1', port: openPort, close: async () => void (closed = true) };
        },
      },
    );
    expect(forwarded).toEqual([{ namespace: 'istio-system', name: 'gw-1' }, 8080]);
    expect(found).toMatchObject({ port: openPort, how: 'port-forward to Pod istio-system/gw-1, port 8080' });
    await found.close?.();
    expect(closed).toBe(true);
  });

  it('is not looked for any more once the run is stopped', async () => {
    const stop = new AbortController();
    const tried: string[] = [];
    const portForward: FakeClusterOptions['portForward'] = async ({ name }, _port, { signal }) => {
      tried.push(name);
      stop.abort(new Error('stopped'));
      throw signal?.reason;
    };
    const another = { ...pod(), metadata: { ...pod().metadata, name: 'gw-2' } };
    const objects = [gateway(), pod(), another, service({ type: 'ClusterIP' })];
    await expect(discover(objects, {}, { portForward }, stop.signal)).rejects.toThrow('stopped');
    expect(tried).toHaveLength(1);
  });

  it('is the one the experiment gives, and nothing is looked up', async () => {
    const found = await discover([], { url: `http://127.0.0.1:${openPort}`, host: 'shop.example.com' });
    expect(found).toMatchObject({ address: '127.0.0.1', port: openPort, host: 'shop.example.com' });
  });
});

describe('an ingress that does not answer', () => {
  it('is reported with every candidate that was tried and why not', async () => {
    const status = { loadBalancer: { ingress: [{ ip: '127.0.0.1' }] } };
    const gw = gateway('bookinfo-gateway', ['*'], { number: closedPort });
    await expect(discover([gw, pod(), service({}, { port: closedPort }, status)])).rejects.toMatchObject({
      code: 'INGRESS_UNREACHABLE',
      message: `No address of the ingress answers. Tried: load balancer of Service istio-system/istio-ingressgateway at 127.0.0.1:${closedPort}: connection refused; port-forward to Pod istio-system/gw-1, port 8080: no port-forward here.`,
    });
  });

  it('is reported when the experiment gave it', async () => {
    await expect(discover([], { url: `http://127.0.0.1:${closedPort}` })).rejects.toMatchObject({
      code: 'INGRESS_UNREACHABLE',
      details: { hint: expect.stringContaining('ingress.url') as string },
    });
  });

  it('without a Ready gateway pod says which pods were looked for', async () => {
    await expect(discover([gateway(), pod({}, 'False'), service()])).rejects.toMatchObject({
      code: 'INGRESS_NOT_FOUND',
      message: 'Nothing serves the Gateway: none of 1 matching pods is Ready for its selector istio=ingressgateway.',
      details: { where: 'Gateway default/bookinfo-gateway' },
    });
  });
});

describe('the host that requests are for', () => {
  const reachable = (): KubernetesObject[] => [pod(), service({}, { nodePort: openPort })];

  it.each([
    ['the Gateway, where it names one', ['shop.example.com'], ['*'], 'shop.example.com'],
    ['the VirtualService, where the Gateway takes any', ['*'], ['shop.example.com'], 'shop.example.com'],
    ['what both take in', ['default/*.example.com'], ['other.test', 'shop.example.com'], 'shop.example.com'],
  ])('comes from %s', async (_what, gatewayHosts, hosts, expected) => {
    const objects = [gateway('bookinfo-gateway', gatewayHosts), virtualService(hosts), ...reachable()];
    await expect(discover(objects)).resolves.toMatchObject({ host: expected });
  });

  it('does not come from a VirtualService on another Gateway', async () => {
    const objects = [gateway(), virtualService(['shop.example.com'], ['other/bookinfo-gateway']), ...reachable()];
    await expect(discover(objects)).resolves.toMatchObject({ host: `127.0.0.1:${openPort}` });
  });

  it('must be given where only a pattern is known', async () => {
    const objects = [gateway('bookinfo-gateway', ['*.example.com']), ...reachable()];
    await expect(discover(objects)).rejects.toMatchObject({ code: 'INGRESS_NOT_FOUND' });
    await expect(discover(objects, { host: 'a.example.com' })).resolves.toMatchObject({ host: 'a.example.com' });
  });

  it('brings TLS with it where the Gateway serves it by HTTPS only', async () => {
    const gw = gateway('bookinfo-gateway', ['shop.example.com'], { number: openPort, protocol: 'HTTPS' });
    await expect(discover([gw, pod({ hostNetwork: true })])).resolves.toMatchObject({
      scheme: 'https',
      host: 'shop.example.com',
    });
  });
});

describe('the Gateway', () => {
  const reachable = (): KubernetesObject[] => [pod(), service({}, { nodePort: openPort })];
  const two = (): KubernetesObject[] => [
    gateway('shop', ['shop.test']),
    gateway('blog', ['blog.test']),
    ...reachable(),
  ];

  it('must be named when the namespace has several, unless the host tells them apart', async () => {
    await expect(discover(two())).rejects.toMatchObject({
      code: 'INGRESS_NOT_FOUND',
      message: 'Namespace default has several Gateways: shop, blog.',
    });
    await expect(discover(two(), { host: 'blog.test' })).resolves.toMatchObject({ host: 'blog.test' });
    await expect(discover(two(), { gateway: 'default/shop' })).resolves.toMatchObject({ host: 'shop.test' });
  });

  it('that does not exist is told with the nearest name', async () => {
    await expect(discover(two(), { gateway: 'shpo' })).rejects.toMatchObject({
      message: 'There is no Gateway default/shpo; that namespace has shop, blog.',
      details: { hint: 'Did you mean `ingress.gateway: default/shop`?' },
    });
  });

  it('cannot be found without Istio', async () => {
    await expect(discover([], {}, { resources: [] })).rejects.toMatchObject({
      code: 'INGRESS_NOT_FOUND',
      details: { hint: expect.stringContaining('Istio') as string },
    });
  });

  it('is served also when we may not list nodes', async () => {
    const found = await discover(
      [gateway(), ...reachable()],
      {},
      {
        beforeRead: (what) => {
          if (what.startsWith('list nodes')) throw new HoldfastError('API_FORBIDDEN', { message: 'no', status: 403 });
        },
      },
    );
    expect(found.how).toContain('nodes may not be listed');
  });
});
