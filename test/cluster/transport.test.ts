import { once } from 'node:events';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { connect as connectTcp, createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { createScriptedClusters, RATINGS, RATINGS_VS, VS } from '../helpers/scripted-clusters.ts';

const { serve, connectTo, closeAll } = createScriptedClusters();
afterEach(closeAll);

describe('reaching an API server', () => {
  it('uses one kept-alive connection for calls one after another', async () => {
    const server = await serve(() => ({ status: 200, body: RATINGS_VS }));
    const cluster = await connectTo(server.kubeconfig());
    for (let n = 0; n < 5; n += 1) await cluster.read(VS, RATINGS);
    expect(new Set(server.seen.map((request) => request.clientPort)).size).toBe(1);
  });

  it('shows who it is by client certificate, token, or name and password', async () => {
    const server = await serve(() => ({ status: 200, body: RATINGS_VS }));
    const { cert, key } = await server.ca.client('jane');
    const base64 = (text: string): string => Buffer.from(text).toString('base64');
    const users = [
      { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) },
      { token: 'abc', as: 'bob', 'as-groups': ['dev', 'ops'] },
      { username: 'u', password: 'p' },
    ];
    for (const user of users) await (await connectTo(server.kubeconfig(user))).read(VS, RATINGS);
    const [byCertificate, byToken, byPassword] = server.seen;
    expect(byCertificate?.clientCertificateUser).toBe('jane');
    expect(byToken?.headers).toMatchObject({
      authorization: 'Bearer abc',
      'impersonate-user': 'bob',
      'impersonate-group': 'dev, ops',
    });
    expect(byPassword?.headers.authorization).toBe(`Basic ${base64('u:p')}`);
  });

  it('reads a token file again for each call, since such tokens are replaced', async () => {
    const server = await serve(() => ({ status: 200, body: RATINGS_VS }));
    const tokenFile = join(server.folder, 'token');
    writeFileSync(tokenFile, 'one\n');
    const cluster = await connectTo(server.kubeconfig({ tokenFile }));
    await cluster.read(VS, RATINGS);
    writeFileSync(tokenFile, 'two\n');
    await cluster.read(VS, RATINGS);
    expect(server.seen.map((request) => request.headers.authorization)).toEqual(['Bearer one', 'Bearer two']);
  });

  it('runs a credential plugin, and keeps what it said for the next calls', async () => {
    const server = await serve(() => ({ status: 200, body: RATINGS_VS }));
    const plugin = join(server.folder, 'plugin.sh');
    const credential = {
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { token: 'T' },
    };
    writeFileSync(
      plugin,
      `#!/bin/sh\necho run >> '${join(server.folder, 'runs')}'\necho '${JSON.stringify(credential)}'\n`,
    );
    chmodSync(plugin, 0o755);
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: './plugin.sh', interactiveMode: 'Never' };
    const cluster = await connectTo(server.kubeconfig({ exec }));
    await cluster.read(VS, RATINGS);
    await cluster.read(VS, RATINGS);
    expect(server.seen.map((request) => request.headers.authorization)).toEqual(['Bearer T', 'Bearer T']);
    expect(readFileSync(join(server.folder, 'runs'), 'utf8')).toBe('run\n');
    expect(new Set(server.seen.map((request) => request.clientPort)).size).toBe(1);
  });

  it('says which credential plugin failed', async () => {
    const server = await serve(() => ({ status: 200, body: RATINGS_VS }));
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'no-such-plugin-here' };
    const cluster = await connectTo(server.kubeconfig({ exec }));
    await expect(cluster.read(VS, RATINGS)).rejects.toMatchObject({
      code: 'API_UNAUTHORIZED',
      message: expect.stringContaining('no-such-plugin-here') as string,
    });
  });

  it('goes through the proxy that the kubeconfig names', async () => {
    const server = await serve(() => ({ status: 200, body: RATINGS_VS }));
    const tunnels: string[] = [];
    const proxy = createHttpServer().listen(0, '127.0.0.1');
    proxy.on('connect', ({ url = '' }, socket: Socket) => {
      tunnels.push(url);
      const upstream = connectTcp(Number(url.split(':')[1]), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        socket.pipe(upstream).pipe(socket);
      });
      for (const end of [socket, upstream]) end.on('error', () => undefined);
    });
    await once(proxy, 'listening');
    onTestFinished(() => void proxy.close());
    const { port } = proxy.address() as AddressInfo;
    const cluster = await connectTo(server.kubeconfig({ token: 'T' }, { 'proxy-url': `http://127.0.0.1:${port}` }));
    await cluster.read(VS, RATINGS);
    await cluster.read(VS, RATINGS);
    expect(tunnels).toEqual([new URL(server.url).host]);
    expect(server.seen.map((request) => request.headers.authorization)).toEqual(['Bearer T', 'Bearer T']);
  });

  it('keeps the path of a server behind a proxy such as Rancher', async () => {
    const server = await serve(() => ({ status: 200, body: RATINGS_VS }));
    const cluster = await connectTo(server.kubeconfig({}, { server: `${server.url}/k8s/clusters/c-1` }));
    await cluster.read(VS, RATINGS);
    expect(server.seen[0]?.url).toBe(
      '/k8s/clusters/c-1/apis/networking.istio.io/v1/namespaces/default/virtualservices/ratings',
    );
  });
});

describe('an API server that cannot be reached', () => {
  it('is told to have a certificate of an unknown CA', async () => {
    const server = await serve(() => ({ status: 200 }));
    const other = await serve(() => ({ status: 200 }));
    const kubeconfig = server.kubeconfig(
      {},
      { 'certificate-authority-data': Buffer.from(other.ca.cert).toString('base64') },
    );
    await expectUnreachable(kubeconfig, /not signed by the CA/);
  });

  it('is told to have a certificate for another name, which tls-server-name can put right', async () => {
    const server = await serve(() => ({ status: 200, body: RATINGS_VS }), { names: ['kubernetes.example.com'] });
    await expectUnreachable(server.kubeconfig(), /for another name/);
    const cluster = await connectTo(server.kubeconfig({}, { 'tls-server-name': 'kubernetes.example.com' }));
    await expect(cluster.read(VS, RATINGS)).resolves.toEqual(RATINGS_VS);
  });

  it('is told to have an expired certificate, unless verification is off', async () => {
    const server = await serve(() => ({ status: 200, body: RATINGS_VS }), { days: -1 });
    await expectUnreachable(server.kubeconfig(), /has expired/);
    const unverified = { 'insecure-skip-tls-verify': true, 'certificate-authority-data': undefined };
    await expect((await connectTo(server.kubeconfig({}, unverified))).read(VS, RATINGS)).resolves.toEqual(RATINGS_VS);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('is told to demand a client certificate (%s)', async (maxVersion) => {
    const server = await serve(() => ({ status: 200 }), { tls: { rejectUnauthorized: true, maxVersion } });
    await expectUnreachable(server.kubeconfig(), /client certificate/);
  });

  it('is told to refuse connections', async () => {
    const server = await serve(() => ({ status: 200 }));
    const probe = createServer();
    probe.listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as AddressInfo;
    probe.close();
    await expectUnreachable(server.kubeconfig({}, { server: `https://127.0.0.1:${port}` }), /connection refused/);
  });

  it('is told to have a name that does not resolve', async () => {
    const server = await serve(() => ({ status: 200 }));
    await expectUnreachable(server.kubeconfig({}, { server: 'https://no-such-host.invalid:6443' }), /DNS/);
  });

  it('is told to speak something else than TLS', async () => {
    const plain = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    plain.listen(0, '127.0.0.1');
    await once(plain, 'listening');
    onTestFinished(() => void plain.close());
    const { port } = plain.address() as AddressInfo;
    const server = await serve(() => ({ status: 200 }));
    await expectUnreachable(server.kubeconfig({}, { server: `https://127.0.0.1:${port}` }), /does not speak|reset/);
  });
});

async function expectUnreachable(kubeconfig: string, says: RegExp): Promise<void> {
  const cluster = await connectTo(kubeconfig);
  await expect(cluster.read(VS, RATINGS, { deadline: 500 })).rejects.toMatchObject({
    code: 'API_UNREACHABLE',
    message: expect.stringMatching(says) as string,
    details: { where: 'GET VirtualService default/ratings', hint: expect.any(String) as string },
  });
}
