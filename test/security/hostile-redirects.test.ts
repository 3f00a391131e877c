import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { newRequest } from '../helpers/probes.ts';
import { probing } from '../helpers/probing.ts';
import { serveHttp, type TestServer } from '../helpers/test-server.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function against(server: TestServer, limits: Parameters<typeof probing>[2] = {}) {
  const client = probing(server.port, {}, limits);
  closing.push(() => server.close(), client.close);
  return client;
}

describe('a server that sends us elsewhere', () => {
  /** Redirects from one origin to another, which remembers what it was sent. */
  async function redirecting(status: number, to: (other: number) => string) {
    const seen: { readonly url?: string; readonly headers: IncomingMessage['headers'] }[] = [];
    const other = await serveHttp((request, response) => {
      seen.push({ url: request.url, headers: request.headers });
      response.setHeader('set-cookie', 'planted=by-the-other-one').end('other');
    });
    const server = await serveHttp((request, response) => {
      if (request.url === '/login') response.setHeader('set-cookie', 'id=session-cookie-value');
      response.writeHead(request.url === '/login' ? 200 : status, { location: to(other.port) }).end();
    });
    closing.push(() => other.close());
    return { server, other, seen };
  }

  it.each(['127.0.0.1', 'localhost'])(
    'to another origin on %s, with neither cookies nor headers of ours',
    async (host) => {
      const { server, seen } = await redirecting(302, (port) => `http://${host}:${port}/there`);
      const client = probing(server.port, { host: `127.0.0.1:${server.port}` });
      closing.push(() => server.close(), client.close);
      const login = newRequest({ path: '/login' });
      await client.login({ user: { login, headers: { 'x-session-secret': 'one' } } });
      const headers = { authorization: 'Bearer two', cookie: 'three=3', 'x-api-key': 'four', 'x-any': 'five' };
      const sample = await client.once({ session: 'user', headers, followRedirects: true });
      expect(sample).toMatchObject({ status: 200 });
      expect(Object.keys(seen[0]?.headers ?? {}).sort()).toEqual(['accept', 'connection', 'host', 'user-agent']);
    },
  );

  it('with a body, which is not sent on', async () => {
    const { server, seen } = await redirecting(307, (port) => `http://127.0.0.1:${port}/there`);
    const form = { kind: 'form', form: { password: 'secret' } } as const;
    const sample = await against(server).once({ method: 'POST', body: form, followRedirects: true });
    expect(sample).toMatchObject({
      error: 'protocol',
      errorDetail: expect.stringContaining('another origin') as string,
    });
    expect(seen).toEqual([]);
  });

  it.each(['file:///etc/passwd', 'data:text/plain,x', 'ftp://127.0.0.1/', 'javascript:alert(1)', 'http://', '//[::1'])(
    'to %s, which is refused',
    async (location) => {
      const { server } = await redirecting(302, () => location);
      expect(await against(server).once({ followRedirects: true })).toMatchObject({ error: 'protocol' });
    },
  );

  it('to the API server, which is refused', async () => {
    const { server, other, seen } = await redirecting(302, (port) => `http://127.0.0.1:${port}/api/v1/secrets`);
    const client = against(server, { offLimits: [`127.0.0.1:${other.port}`] });
    expect(await client.once({ followRedirects: true })).toMatchObject({
      error: 'protocol',
      errorDetail: 'redirect to the API server refused',
    });
    expect(seen).toEqual([]);
  });

  it('round and round, until it is enough', async () => {
    const { server } = await redirecting(302, () => '/again');
    expect(await against(server).once({ followRedirects: true })).toMatchObject({
      errorDetail: 'more than 5 redirects',
    });
  });
});
