import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import type { Expectation } from '../../src/model/hypothesis.ts';
import { openWorkerSampler } from '../../src/probes/worker/open-sampler.ts';
import { ingressAt, newRequest } from '../helpers/probes.ts';
import { probing } from '../helpers/probing.ts';
import { serveHttp, serveTcp, type TestServer } from '../helpers/test-server.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function against(server: TestServer) {
  const client = probing(server.port);
  closing.push(() => server.close(), client.close);
  return client;
}

/** A server that answers each request with these bytes, again and again where `endless`, as fast as they are taken. */
async function answering(bytes: string | Buffer, endless?: string | Buffer): Promise<TestServer> {
  return serveTcp((socket) => {
    const more = (): void => {
      while (!socket.destroyed && socket.write(endless ?? ''));
    };
    socket.on('data', () => {
      socket.write(bytes);
      if (endless !== undefined) more();
    });
    if (endless !== undefined) socket.on('drain', more);
  });
}

const body = (overrides: Partial<NonNullable<Expectation['body']>>): Expectation => ({
  body: { contains: [], excludes: [], matches: [], json: {}, ...overrides },
});

const MB = 1 << 20;

/** How much larger this process got; the server that does it to us is part of it. */
async function growth(act: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage.rss();
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 10);
  await act();
  clearInterval(timer);
  return Math.max(most, process.memoryUsage.rss()) - before;
}

describe('a server that does not come to an end', () => {
  it.each([
    [
      'sends interim answers for ever',
      'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n',
      'HTTP/1.1 100 Continue\r\n\r\n'.repeat(1000),
    ],
    [
      'sends trailers for ever',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n',
      'x-trailer: y\r\n'.repeat(1000),
    ],
    ['sends the size of a chunk for ever', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n', '0'.repeat(10_000)],
    [
      'sends a chunk extension for ever',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;',
      'x=y;'.repeat(10_000),
    ],
    ['sends a status line for ever', 'HTTP/1.1 200 ', 'OK'.repeat(10_000)],
  ])('(%s) ends by the timeout or sooner, and costs no memory', async (_, head, endless) => {
    const client = against(await answering(head, endless));
    const grown = await growth(async () => {
      const sample = await client.once({ timeout: 1000 }, body({ contains: ['x'] }));
      expect(['timeout', 'protocol', 'too-large', 'reset']).toContain(sample.error);
      expect(sample.end - sample.due).toBeLessThan(10_000);
    });
    expect(grown).toBeLessThan(200 * MB);
  });

  it.each(['HTTP/1.1 200 OK\r\nx-slow: ', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n'])(
    'trickles a byte at a time after %j, and ends by the timeout',
    async (head) => {
      const server = await serveTcp((socket) => {
        socket.write(head);
        const timer = setInterval(() => socket.write('x'), 50);
        socket.on('close', () => clearInterval(timer));
      });
      const sample = await against(server).once({ timeout: 400 }, body({ contains: ['x'] }));
      expect(sample.error).toBe('timeout');
    },
  );
});

describe('a server that wants our memory', () => {
  it('gets no more than the bytes for a body of millions of one-byte chunks', async () => {
    const head = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';
    const client = against(await answering(head, '1\r\nx\r\n'.repeat(20_000)));
    const grown = await growth(async () => {
      const { error } = await client.once({ timeout: 3000 }, body({ contains: ['y'] }));
      expect(['timeout', 'too-large']).toContain(error);
    });
    expect(grown).toBeLessThan(150 * MB);
  });

  it('shares one budget among all answers under way', async () => {
    const part = Buffer.alloc(9 * MB);
    const server = await serveHttp((_, response) => {
      response.writeHead(200, { 'content-length': 10 * MB });
      response.write(part);
    });
    const client = against(server);
    const grown = await growth(async () => {
      const all = Array.from({ length: 60 }, async () => client.once({ timeout: 3000 }, body({ contains: ['y'] })));
      const errors = (await Promise.all(all)).map(({ error, errorDetail }) => `${error} ${errorDetail}`);
      expect(new Set(errors.map((it) => it.split(' ')[0]))).toEqual(new Set(['timeout', 'too-large']));
      expect(errors.join()).toContain('no memory left for bodies');
    });
    expect(grown).toBeLessThan(700 * MB);
    // What they held is free again.
    const small = await answering('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
    closing.push(() => small.close());
    const path = `http://127.0.0.1:${small.port}/`;
    expect((await client.once({ path }, body({ contains: ['ok'] }))).failed).toBeUndefined();
  }, 30_000);

  it('is not helped by compression: nothing is asked for and nothing unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(50 * MB));
    const seen: IncomingMessage['headers'][] = [];
    const server = await serveHttp((request, response) => {
      seen.push(request.headers);
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    });
    const sample = await against(server).once({}, body({ excludes: ['\0\0\0\0\0\0\0\0'] }));
    expect(sample).toMatchObject({ status: 200, bytes: bomb.length });
    expect(seen[0]?.['accept-encoding']).toBeUndefined();
  });

  it('cannot grow our requests by cookies', async () => {
    const sizes: number[] = [];
    let number = 0;
    const server = await serveHttp((request, response) => {
      sizes.push((request.headers.cookie ?? '').length);
      const cookies = Array.from({ length: 300 }, () => `c${(number += 1)}=${'v'.repeat(100)}`);
      response.setHeader('set-cookie', [`huge=${'h'.repeat(9000)}`, `bad=a\u00ffb`, 'ok=fine', '=', ';;;', ...cookies]);
      response.end('ok');
    });
    const client = against(server);
    const login = newRequest({ path: '/login' });
    await client.login({ user: { login, headers: {} } });
    for (let turn = 0; turn < 5; turn += 1)
      expect(await client.once({ session: 'user' })).toMatchObject({ status: 200 });
    expect(Math.max(...sizes)).toBeLessThan(12_000);
    expect(client.told).toContain('v'.repeat(100));
  });
});

describe('a server that wants our time', () => {
  const evil = `${'a'.repeat(2 * MB)}!`;

  it.each(['^(a+)+$', '(a|a)*b', '^(?:.*a){8}$', '(.*)*x'])('gets little of it by %s', async (pattern) => {
    const server = await serveHttp((_, response) => response.setHeader('x-evil', 'a'.repeat(20_000) + '!').end(evil));
    const client = against(server);
    const began = performance.now();
    const expectation = {
      ...body({ matches: [pattern] }),
      headers: { 'x-evil': { kind: 'matches', pattern } as const },
    };
    await client.once({ timeout: 20_000 }, expectation);
    // JavaScript's own engine needs longer than the universe has; a slow machine under load a second.
    expect(performance.now() - began).toBeLessThan(15_000);
  });

  it('fails the run, not the machine, where a check does not end at all', async () => {
    const stuck = `
      import { parentPort } from 'node:worker_threads';
      parentPort.on('message', () => { for (;;); });
      parentPort.postMessage({ type: 'ready' });
    `;
    const file = new URL(`data:text/javascript,${encodeURIComponent(stuck)}`);
    const limits = { secrets: () => [], onSecrets: () => undefined, offLimits: [], patience: 1 };
    const sampler = await openWorkerSampler(file, limits)({ ingress: ingressAt(1), epoch: 0 });
    closing.push(sampler.close);
    await expect(sampler.once(newRequest(), {})).rejects.toMatchObject({
      code: 'PROBE_WORKER_FAILED',
      message: expect.stringContaining('stuck') as string,
    });
  });
});

describe('a server that breaks the rules of a connection', () => {
  const ok = (text: string, length = text.length) => `HTTP/1.1 200 OK\r\ncontent-length: ${length}\r\n\r\n${text}`;

  it.each([
    ['a second answer behind the first', (socket: Socket, nth: number) => socket.write(ok(`real${nth}`) + ok('false'))],
    ['more bytes than it announced', (socket: Socket, nth: number) => socket.write(ok(`real${nth}and more`, 5))],
    [
      'an answer to nothing a moment later',
      (socket: Socket, nth: number) =>
        socket.write(ok(`real${nth}`), () => setImmediate(() => socket.write(ok('false')))),
    ],
  ])('(%s) answers no request but the one it was asked', async (_, answer) => {
    let nth = 0;
    const server = await serveTcp((socket) => socket.on('data', () => answer(socket, (nth += 1))));
    const client = against(server);
    for (let turn = 1; turn <= 4; turn += 1) {
      const sample = await client.once({}, body({ contains: [`real${turn}`] }));
      // An answer with rubbish behind it may count as broken; somebody else's answer may not count at all.
      expect(sample.error ?? sample.failed ?? 'as asked').toEqual(sample.error ?? 'as asked');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });

  it('announces more than it sends, and ends by the timeout', async () => {
    expect(await against(await answering(ok('half', 100))).once({ timeout: 300 })).toMatchObject({ error: 'timeout' });
  });

  it.each([
    ['a NUL in a header', 'HTTP/1.1 200 OK\r\nx-a: a\0b\r\n\r\n'],
    ['an escape sequence in a header', 'HTTP/1.1 200 OK\r\nx-a: \u001B[2J\r\ncontent-length: 0\r\n\r\n'],
    ['an escape sequence as its reason', 'HTTP/1.1 200 \u001B]8;;http://evil\u0007OK\r\ncontent-length: 0\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab'],
    ['a length that is none', 'HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n'],
    ['a switch of protocols', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\nhello'],
  ])('(%s) gives a sample without control characters', async (_, bytes) => {
    const sample = await against(await answering(bytes)).once(
      { timeout: 500 },
      { headers: { 'x-a': { kind: 'equals', value: 'b' } } },
    );
    expect(JSON.stringify([sample.errorDetail, sample.failed])).not.toMatch(/\\u00[01]|\p{Cc}/u);
  });
});

describe('a body that would act on whoever reads it', () => {
  it.each([
    ['colours', '\u001B[31mred\u001B[0m'],
    ['a cleared screen', '\u001B[2J\u001B[H'],
    ['a link', '\u001B]8;;http://evil.example/\u0007click\u001B]8;;\u0007'],
    ['a window title', '\u001B]0;owned\u0007'],
    ['eight-bit controls', '\u009B2J\u0090q\u009C'],
    ['NULs and backspaces', 'a\0b\b\b\bc\u007F'],
    ['reversed text', 'abc\u202Edcba\u2066x'],
    ['invalid UTF-8', Buffer.from([0xff, 0xfe, 0xc3, 0x28, 0xf0, 0x9f, 0x92])],
    ['a cut emoji', '😀'.repeat(500)],
  ])('(%s) is quoted as plain text', async (_, bytes) => {
    const server = await serveHttp((__, response) => response.end(bytes));
    const [failed] = (await against(server).once({}, body({ contains: ['never'] }))).failed ?? [];
    expect(failed?.detail).toMatch(/^expected body to contain "never", got "/);
    expect(failed?.detail).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
    expect(failed?.detail.length).toBeLessThan(300);
  });
});
