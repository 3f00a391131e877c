import { afterEach, describe, expect, it } from 'vitest';
import type { Ingress } from '../../../src/cluster/ingress.ts';
import { freePort, serveHttp, serveTcp, type TestServer } from '../../helpers/test-server.ts';
import { probing } from '../../helpers/probing.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function against(server: Pick<TestServer, 'port'> & Partial<TestServer>, ingress: Partial<Ingress> = {}) {
  const client = probing(server.port, ingress);
  closing.push(() => server.close?.(), client.close);
  return client;
}

describe('a request that gets no answer', () => {
  it('says refused when nobody listens', async () => {
    const port = await freePort();
    const sample = await against({ port }).once();
    expect(sample).toMatchObject({ error: 'refused' });
    expect(sample.errorDetail).toContain(`connect ECONNREFUSED 127.0.0.1:${port}`);
  });

  it('says reset when the server hangs up before a byte', async () => {
    const server = await serveTcp((socket) => socket.on('data', () => socket.resetAndDestroy()));
    expect(await against(server).once()).toMatchObject({ error: 'reset' });
  });

  it('says reset, and keeps the status, when the server hangs up in the middle of the body', async () => {
    const server = await serveHttp((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.socket?.destroy());
    });
    const sample = await against(server).once();
    expect(sample).toMatchObject({ error: 'reset', status: 200, bytes: 4 });
    expect(sample.errorDetail).toContain('reading the answer');
  });

  it('says dns when the name does not exist', async () => {
    // A label over 63 characters is refused by the resolver itself, without a network.
    const sample = await against({ port: 1 }, { address: `${'x'.repeat(64)}.invalid` }).once();
    expect(sample.error).toBe('dns');
  });

  it('says protocol when the answer is not HTTP', async () => {
    const server = await serveTcp((socket) => socket.on('data', () => socket.end('SSH-2.0-OpenSSH_9.2\r\n')));
    const sample = await against(server).once();
    expect(sample).toMatchObject({ error: 'protocol' });
    expect(sample.errorDetail).toContain('HPE_');
  });

  it('says too-large for an endless body, and stops reading', async () => {
    const server = await serveHttp((_, response) => {
      const chunk = Buffer.alloc(1 << 20);
      const more = (): void => void (response.destroyed || response.write(chunk, more));
      more();
    });
    const sample = await against(server).once();
    expect(sample.error).toBe('too-large');
    expect(sample.bytes).toBeLessThan(12 << 20);
  });

  it('says too-large for headers without end', async () => {
    const server = await serveTcp((socket) => {
      const header = `x-bomb: ${'a'.repeat(8000)}\r\n`;
      const more = (): void => void (socket.destroyed || socket.write(header, more));
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\n');
        more();
      });
    });
    expect(await against(server).once()).toMatchObject({ error: 'too-large' });
  });

  it('ends a trickle at the timeout, which counts from the due time', async () => {
    const server = await serveHttp((_, response) => {
      response.write('x');
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
    });
    const sample = await against(server).once({ timeout: 300 });
    expect(sample).toMatchObject({ error: 'timeout', status: 200 });
    expect(sample.errorDetail).toBe('no complete answer within 300ms (reading the answer)');
    expect(sample.end - sample.due).toBeGreaterThanOrEqual(295);
    expect(sample.end - sample.due).toBeLessThan(3000);
  });

  it('says what it was waiting for when there is no answer in time', async () => {
    const server = await serveTcp(() => undefined);
    const sample = await against(server).once({ timeout: 100 });
    expect(sample.errorDetail).toBe('no complete answer within 100ms (waiting for an answer)');
  });

  it('reads an answer with bytes that are no UTF-8', async () => {
    const server = await serveHttp((_, response) => response.end(Buffer.from([0xff, 0xfe, 0x4f, 0x4b])));
    const body = { contains: ['OK'], excludes: [], matches: [], json: {} };
    expect(await against(server).once({}, { body })).not.toHaveProperty('failed');
  });

  it('answers to an impossible header with protocol instead of throwing', async () => {
    const sample = await against({ port: 1 }).once({ headers: { 'x-bad': 'a\nb' } });
    expect(sample).toMatchObject({ error: 'protocol' });
  });
});

describe('timings and connections', () => {
  it('show a new connection once, and none of it on a reused one', async () => {
    const server = await serveHttp((_, response) => setTimeout(() => response.end('ok'), 30));
    const client = against(server);
    const first = (await client.once()).timings;
    const second = (await client.once()).timings;
    expect(Object.keys(first ?? {})).toEqual(['connect', 'send', 'wait', 'receive']);
    expect(Object.keys(second ?? {})).toEqual(['send', 'wait', 'receive']);
    expect(second?.wait).toBeGreaterThan(25);
  });

  it('show the look-up of a name', async () => {
    const server = await serveHttp((_, response) => response.end());
    const sample = await against(server, { address: 'localhost' }).once();
    expect(sample.timings?.dns).toBeGreaterThanOrEqual(0);
  });

  it('open a fresh connection for every request when asked', async () => {
    const ports = new Set<number | undefined>();
    const server = await serveHttp((request, response) => {
      ports.add(request.socket.remotePort);
      response.end();
    });
    const client = against(server);
    for (let turn = 0; turn < 3; turn += 1) await client.once({ freshConnection: true });
    expect(ports.size).toBe(3);
  });

  it('retry a safe request once when a kept connection turns out dead, and say so', async () => {
    const client = against(await serverThatKeepsOnlyFirstAnswers());
    expect(await client.once()).not.toHaveProperty('retried');
    expect(await client.once()).toMatchObject({ status: 200, retried: true });
  });

  it('never send a POST twice', async () => {
    const client = against(await serverThatKeepsOnlyFirstAnswers());
    await client.once({ method: 'POST' });
    expect(await client.once({ method: 'POST' })).toMatchObject({ error: 'reset' });
  });
});

/** Answers the first request on each connection, resets on the second: the other side of a stale keep-alive. */
function serverThatKeepsOnlyFirstAnswers(): Promise<TestServer> {
  return serveTcp((socket) => {
    let requests = 0;
    socket.on('data', () => {
      requests += 1;
      if (requests === 1) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
      else socket.resetAndDestroy();
    });
  });
}
