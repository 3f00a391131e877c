import { request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Proxy } from '../../../src/sandbox/mesh/mesh.ts';
import { httpGet, type HttpAnswer } from '../../helpers/http-get.ts';
import { callFrom, createMeshWorld, metricSum, type MeshWorld, type Workload } from '../../helpers/mesh-world.ts';

let world: MeshWorld;
let page: Workload;
let gateway: Proxy;

const SELECTOR = { istio: 'ingressgateway' };
const port = () => gateway.inboundPorts.get(8080) ?? 0;
const get = (path: string, host = 'bookinfo.example'): Promise<HttpAnswer> =>
  httpGet(`http://127.0.0.1:${port()}${path}`, { headers: { host } });
const open = (hosts: readonly string[] = ['*'], number = 80) => {
  const servers = [{ port: { number, name: 'http', protocol: 'HTTP' }, hosts }];
  world.gatewayObject('web', { selector: SELECTOR, servers });
};
const bind = async (http: readonly object[], name = 'web', hosts: readonly string[] = ['*'], more: object = {}) => {
  world.virtualService(name, { hosts, gateways: ['web'], http, ...more });
  await world.settled();
};
const toPage = [{ destination: { host: 'productpage' } }];

beforeEach(async () => {
  world = await createMeshWorld();
  page = await world.workload('productpage');
  gateway = await world.ingress();
});
afterEach(() => world.close());

describe('a gateway', () => {
  it('refuses connections until a Gateway with a VirtualService serves the port', async () => {
    await expect(get('/')).rejects.toThrow(/ECONNRESET|ECONNREFUSED|socket hang up/);
    open();
    await world.settled();
    await expect(get('/')).rejects.toThrow(/ECONNRESET|ECONNREFUSED|socket hang up/);
    await bind([{ route: toPage }]);
    expect(await get('/')).toMatchObject({ status: 200, body: 'productpage-v1' });
  });

  it.each([80, 8080])('listens on container port 8080 for server port %d', async (number) => {
    open(['*'], number);
    await bind([{ route: toPage }]);
    expect((await get('/')).status).toBe(200);
  });

  it('answers as istio-envoy and 404 for a path or host it does not serve', async () => {
    open(['*.example']);
    await bind([{ match: [{ uri: { exact: '/productpage' } }], route: toPage }]);
    const found = await get('/productpage');
    expect(found.headers).toMatchObject({ server: 'istio-envoy' });
    expect(found.headers).toHaveProperty('x-envoy-upstream-service-time');
    for (const answer of [await get('/index.html'), await get('/productpage', 'elsewhere.test')]) {
      expect(answer).toMatchObject({ status: 404, body: '' });
      expect(answer.headers).toMatchObject({ server: 'istio-envoy' });
    }
    await expect.poll(() => metricSum(gateway, 'istio_requests_total', { response_flags: 'NR' })).toBe(2);
  });

  it('serves the hosts that server and VirtualService have in common', async () => {
    open(['*.example']);
    await bind([{ route: toPage }], 'web', ['shop.example', 'shop.test']);
    expect((await get('/', 'shop.example')).status).toBe(200);
    expect((await get('/', 'SHOP.example:8080')).status).toBe(200);
    expect((await get('/', 'shop.test')).status).toBe(404);
    expect((await get('/', 'other.example')).status).toBe(404);
  });

  it('believes no one outside: own request id, the client’s address, no internal headers', async () => {
    open();
    await bind([{ route: toPage }]);
    const headers = { host: 'a', 'x-request-id': 'mine', 'x-forwarded-for': '1.2.3.4', 'x-envoy-max-retries': '9' };
    await httpGet(`http://127.0.0.1:${port()}/`, { headers });
    const seen = page.backend.received[0]?.headers ?? {};
    expect(seen['x-request-id']).not.toBe('mine');
    expect(seen).toMatchObject({ 'x-forwarded-for': '1.2.3.4,127.0.0.1', 'x-forwarded-proto': 'http', host: 'a' });
    expect(seen).not.toHaveProperty('x-envoy-max-retries');
    expect(seen).not.toHaveProperty('x-envoy-peer-metadata-id');
  });

  it('injects a fault of a VirtualService bound to it', async () => {
    open();
    await bind([{ fault: { abort: { percentage: { value: 100 }, httpStatus: 418 } }, route: toPage }]);
    expect(await get('/')).toMatchObject({ status: 418, body: 'fault filter abort' });
    const labels = { response_flags: 'FI', source_workload: 'istio-ingressgateway', reporter: 'source' };
    await expect.poll(() => metricSum(gateway, 'istio_requests_total', labels)).toBe(1);
  });

  it('answers HTTP/1.0 with 426', async () => {
    open();
    await bind([{ route: toPage }]);
    expect(await rawRequest(port(), 'GET / HTTP/1.0\r\nHost: a\r\n\r\n')).toMatch(/^HTTP\/1\.1 426 Upgrade Required/);
  });

  it('sends plain HTTP to HTTPS when asked to', async () => {
    const server = { port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'], tls: { httpsRedirect: true } };
    world.gatewayObject('web', { selector: SELECTOR, servers: [server] });
    await bind([{ route: toPage }]);
    expect(await get('/a?b')).toMatchObject({ status: 301, headers: { location: 'https://bookinfo.example/a?b' } });
  });

  it('says that it is ready on its status port', async () => {
    const status = gateway.inboundPorts.get(15_021);
    expect((await httpGet(`http://127.0.0.1:${status}/healthz/ready`)).status).toBe(200);
  });

  it('resets the connections of its clients when it is killed', async () => {
    open();
    await bind([{ route: toPage }]);
    page.backend.answer = () => void gateway.close('reset');
    const code = await new Promise((resolve) => {
      request({ host: '127.0.0.1', port: port(), agent: false })
        .on('error', (error: NodeJS.ErrnoException) => resolve(error.code))
        .end();
    });
    expect(code).toBe('ECONNRESET');
  });
});

describe('T4 several VirtualServices for one host at a gateway', () => {
  it('joins their routes, oldest first, catch-alls last', async () => {
    open();
    await bind([{ route: toPage }], 'a-catch-all');
    const direct = { status: 418, body: { string: 'second' } };
    await bind([{ match: [{ uri: { prefix: '/second' } }], directResponse: direct }], 'b-special');
    expect(await get('/second')).toMatchObject({ status: 418, body: 'second' });
    expect((await get('/')).body).toBe('productpage-v1');
  });

  it('never brings back what stood behind a catch-all in its own VirtualService', async () => {
    open();
    const direct = { status: 418 };
    await bind([{ route: toPage }, { match: [{ uri: { prefix: '/hidden' } }], directResponse: direct }]);
    expect((await get('/hidden')).status).toBe(200);
  });
});

describe('T17 a VirtualService bound to a gateway', () => {
  it('does not affect calls inside the mesh', async () => {
    open();
    const abort = { percentage: { value: 100 }, httpStatus: 500 };
    await bind([{ fault: { abort }, route: toPage }], 'productpage', ['productpage', '*.example']);
    const client = await world.workload('client');
    expect((await callFrom(client, 'productpage:9080')).status).toBe(200);
    expect((await get('/')).status).toBe(500);
  });

  it('and one for the mesh does not affect the gateway', async () => {
    open();
    await bind([{ route: toPage }]);
    const abort = { percentage: { value: 100 }, httpStatus: 500 };
    world.virtualService('inner', { hosts: ['productpage'], http: [{ fault: { abort }, route: toPage }] });
    await world.settled();
    expect((await get('/')).status).toBe(200);
  });
});

function rawRequest(to: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(to, '127.0.0.1', () => socket.write(text));
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('error', reject);
    socket.on('end', () => resolve(answer));
  });
}
