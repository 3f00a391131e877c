import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import type { Expectation } from '../../../src/model/hypothesis.ts';
import { probing } from '../../helpers/probing.ts';
import { serveHttp } from '../../helpers/test-server.ts';

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A server that remembers what it saw and answers by path: a redirect, or the body `done`. */
async function echo(redirects: Readonly<Record<string, readonly [number, string]>> = {}) {
  const seen: Seen[] = [];
  const server = await serveHttp((request, response) => {
    void text(request).then((body) => {
      seen.push({ method: request.method, url: request.url, headers: request.headers, body });
      const [status, location] = redirects[request.url ?? ''] ?? [200, undefined];
      response.setHeader('set-cookie', `at=${encodeURIComponent(request.url ?? '')}; Path=/`);
      if (location !== undefined) response.setHeader('location', location);
      response.writeHead(status).end('done');
    });
  });
  const client = probing(server.port, { host: 'shop.test:8080' });
  closing.push(server.close, client.close);
  return { seen, client, port: server.port };
}

const contains = (part: string): Expectation => ({ body: { contains: [part], excludes: [], matches: [], json: {} } });

describe('a request', () => {
  it('goes to the ingress address under the ingress host, with query and headers', async () => {
    const { client, seen } = await echo();
    await client.once({ path: '/p?a=1', query: { b: 'x y' }, headers: { 'X-Who': 'me' } });
    expect(seen[0]).toMatchObject({
      method: 'GET',
      url: '/p?a=1&b=x+y',
      headers: { host: 'shop.test:8080', 'x-who': 'me' },
    });
  });

  it('keeps a path that begins with two slashes on the ingress', async () => {
    const { client, seen } = await echo();
    await client.once({ path: '//evil.test/x' });
    expect(seen[0]?.url).toBe('//evil.test/x');
  });

  it('goes to its own origin when the path is a whole URL', async () => {
    const { client, seen, port } = await echo();
    await client.once({ path: `http://localhost:${port}/other` });
    expect(seen[0]).toMatchObject({ url: '/other', headers: { host: `localhost:${port}` } });
  });

  it.each([
    [{ kind: 'text', text: 'hé' }, 'text/plain; charset=utf-8', 'hé'],
    [{ kind: 'json', json: { a: [1] } }, 'application/json', '{"a":[1]}'],
    [{ kind: 'form', form: { user: 'a b', pw: '&' } }, 'application/x-www-form-urlencoded', 'user=a+b&pw=%26'],
  ] as const)('sends a body as its kind says: %o', async (body, type, bytes) => {
    const { client, seen } = await echo();
    await client.once({ method: 'POST', body });
    expect(seen[0]).toMatchObject({ headers: { 'content-type': type }, body: bytes });
  });

  it('is not sent at all when no URL can be made of it', async () => {
    const { client } = await echo();
    await expect(client.once({ path: 'http://[nowhere' })).rejects.toMatchObject({ code: 'FILE_INVALID' });
  });

  it('is refused when its session was never opened', async () => {
    const { client } = await echo();
    await expect(client.once({ session: 'nobody' })).rejects.toMatchObject({ code: 'LOGIN_FAILED' });
  });

  it('carries the headers of its session, which its own replace', async () => {
    const { client, seen } = await echo();
    await client.login({ api: { headers: { Authorization: 'Bearer t', 'x-a': 'session' } } });
    await client.once({ session: 'api', headers: { 'X-A': 'own' } });
    expect(seen[0]?.headers).toMatchObject({ authorization: 'Bearer t', 'x-a': 'own' });
  });

  it('updates the cookies of its session from every answer', async () => {
    const { client, seen } = await echo();
    await client.login({ user: { headers: {} } });
    await client.once({ path: '/one', session: 'user' });
    await client.once({ path: '/two', session: 'user', headers: { cookie: 'own=1' } });
    expect(seen[1]?.headers.cookie).toBe('own=1; at=%2Fone');
  });
});

describe('redirects', () => {
  it('are answers like any other unless asked to be followed', async () => {
    const { client, seen } = await echo({ '/a': [302, '/b'] });
    expect(await client.once({ path: '/a' })).toMatchObject({ status: 302 });
    expect(seen).toHaveLength(1);
  });

  it('are followed with their cookies, through the ingress for its own host name', async () => {
    const { client, seen } = await echo({ '/a': [302, 'http://shop.test:8080/b'] });
    const sample = await client.once({ path: '/a', followRedirects: true }, contains('done'));
    expect(sample).toMatchObject({ status: 200 });
    expect(seen.map(({ url, headers }) => [url, headers.cookie])).toEqual([
      ['/a', undefined],
      ['/b', 'at=%2Fa'],
    ]);
  });

  it.each([
    [302, 'GET', ''],
    [303, 'GET', ''],
    [307, 'POST', 'x'],
    [308, 'POST', 'x'],
  ])('with %i send a POST on as %s', async (status, method, body) => {
    const { client, seen } = await echo({ '/a': [status, '/b'] });
    await client.once({ method: 'POST', path: '/a', body: { kind: 'text', text: 'x' }, followRedirects: true });
    expect(seen[1]).toMatchObject({ method, body });
  });

  it('to another origin lose credentials', async () => {
    const { seen, port } = await echo();
    const elsewhere = await echo({ '/a': [302, `http://localhost:${port}/b`] });
    await elsewhere.client.once({ path: '/a', headers: { authorization: 'secret' }, followRedirects: true });
    expect(elsewhere.seen[0]?.headers.authorization).toBe('secret');
    expect(seen[0]?.headers).not.toHaveProperty('authorization');
  });

  it('end after five', async () => {
    const { client, seen } = await echo({ '/a': [302, '/a'] });
    const sample = await client.once({ path: '/a', followRedirects: true });
    expect(sample).toMatchObject({ error: 'protocol', errorDetail: 'more than 5 redirects' });
    expect(seen).toHaveLength(6);
  });

  it.each(['file:///etc/passwd', 'ftp://shop.test/', 'javascript:alert(1)'])('never lead to %s', async (location) => {
    const { client } = await echo({ '/a': [302, location] });
    const sample = await client.once({ path: '/a', followRedirects: true });
    expect(sample).toMatchObject({ error: 'protocol', errorDetail: expect.stringContaining('refused') as string });
  });
});
