import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server as TcpServer } from 'node:net';
import { PassThrough } from 'node:stream';
import { KubeConfig, PortForward } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callApi } from '../../helpers/api-request.ts';
import { startSandboxApi } from '../../helpers/sandbox-api.ts';
import type { SandboxApi } from '../../helpers/sandbox-api.ts';
import { until } from '../../helpers/until.ts';

const PODS = '/api/v1/namespaces/default/pods';
const IP = '10.244.0.5';

describe('what lies behind a pod', () => {
  let server: SandboxApi;
  let web: Server;
  beforeAll(async () => {
    server = await startSandboxApi();
    web = createServer((request, response) => {
      response.setHeader('x-served', 'yes');
      response.statusCode = request.url === '/teapot' ? 418 : 200;
      response.end(`${request.method} ${request.url} ${request.headers.authorization ?? 'no credentials'}`);
    });
    server.network.bind(IP, 8080, await portOf(web));
    createPod('web');
  });
  afterAll(async () => {
    web.close();
    await server.close();
  });

  function createPod(name: string, { store } = server): void {
    store.create('pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default', labels: { app: 'web' } },
      spec: { nodeName: 'node-1', containers: [{ name: 'web', ports: [{ name: 'http', containerPort: 8080 }] }] },
      status: { phase: 'Running', podIP: IP, containerStatuses: [{ name: 'web', ready: true, restartCount: 3 }] },
    });
  }

  it('is reached by number, by name or by default through the proxy, without the caller’s credentials', async () => {
    for (const name of ['web:8080', 'web:http', 'web', 'http:web:8080']) {
      const { status, text, headers } = await callApi(server, `${PODS}/${name}/proxy/stats/prometheus?a=b%20c`);
      expect([status, text]).toEqual([200, 'GET /stats/prometheus?a=b%20c no credentials']);
      expect(headers['x-served']).toBe('yes');
    }
    expect((await callApi(server, `${PODS}/web/proxy/teapot`)).status).toBe(418);
  });

  it('is a 503 through the proxy where nothing listens, and a 404 when there is no such pod', async () => {
    expect(await callApi(server, `${PODS}/web:9999/proxy/`)).toMatchObject({
      status: 503,
      json: {
        reason: 'ServiceUnavailable',
        message: `error trying to reach service: dial tcp ${IP}:9999: connect: connection refused`,
      },
    });
    expect((await callApi(server, `${PODS}/nope:80/proxy/`)).json['message']).toBe('pods "nope" not found');
  });

  it('is reached through the JavaScript client’s port-forward', async () => {
    const config = new KubeConfig();
    config.loadFromString(server.kubeconfig);
    const forward = new PortForward(config);
    const listener: TcpServer = createTcpServer((socket) => {
      void forward.portForward('default', 'web', [8080], socket, null, socket);
    });
    const port = await portOf(listener);
    const client = connect(port, '127.0.0.1');
    let answer = '';
    client.on('data', (chunk) => (answer += chunk.toString()));
    client.write('GET /forwarded HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n');
    await until('the answer', () => answer.includes('GET /forwarded'));
    client.destroy();
    listener.close();
  });

  it('lets go of open port-forwards when the server closes', async () => {
    const other = await startSandboxApi();
    other.network.bind(IP, 8080, (web.address() as AddressInfo).port);
    createPod('web', other);
    const config = new KubeConfig();
    config.loadFromString(other.kubeconfig);
    const sink = new PassThrough();
    await new PortForward(config).portForward('default', 'web', [8080], sink, null, new PassThrough());
    await expect(other.close()).resolves.toBeUndefined();
  });

  it('refuses a port-forward to a port where nothing listens', async () => {
    const { status, json } = await callApi(server, `${PODS}/web/portforward?ports=9999`, {
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        'sec-websocket-protocol': 'v4.channel.k8s.io',
      },
    });
    expect([status, json['reason']]).toEqual([503, 'ServiceUnavailable']);
  });

  it('has an empty log, but not for a container that is not there', async () => {
    expect(await callApi(server, `${PODS}/web/log`)).toMatchObject({ status: 200, text: '' });
    const { status, json } = await callApi(server, `${PODS}/web/log?container=nope`);
    expect([status, json['message']]).toEqual([400, 'container nope is not valid for pod web']);
  });

  it('has no processes to exec into, and says so', async () => {
    const { status, json } = await callApi(server, `${PODS}/web/exec?command=ls`, { method: 'POST' });
    expect([status, json['reason']]).toEqual([501, 'NotImplemented']);
  });

  it('shows the columns people know', async () => {
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
    const { json } = await callApi(server, `${PODS}?fieldSelector=status.phase%3DRunning`, { headers: { accept } });
    const columns = json['columnDefinitions'] as { name: string; priority: number }[];
    expect(columns.filter((column) => column.priority === 0).map((column) => column.name)).toEqual([
      'Name',
      'Ready',
      'Status',
      'Restarts',
      'Age',
    ]);
    expect(json['rows']).toMatchObject([
      { cells: ['web', '1/1', 'Running', '3', expect.any(String), IP, 'node-1', '<none>', '<none>'] },
    ]);
  });

  it('is left to the kubelet for its grace period when deleted or evicted, and goes at once without one', async () => {
    for (const name of ['deleted', 'evicted', 'killed']) createPod(name);
    const deleted = await callApi(server, `${PODS}/deleted`, { method: 'DELETE', body: { gracePeriodSeconds: 9 } });
    expect(deleted.json).toMatchObject({ kind: 'Pod', metadata: { deletionGracePeriodSeconds: 9 } });
    const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'evicted' } };
    expect((await callApi(server, `${PODS}/evicted/eviction`, { body: eviction })).status).toBe(201);
    expect(server.store.get('pods', 'default', 'evicted')?.metadata.deletionGracePeriodSeconds).toBe(30);
    await callApi(server, `${PODS}/killed?gracePeriodSeconds=0`, { method: 'DELETE' });
    expect(server.store.get('pods', 'default', 'killed')).toBeUndefined();
  });
});

async function portOf(server: Server | TcpServer): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
