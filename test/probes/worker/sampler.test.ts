import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openWorkerSampler } from '../../../src/probes/worker/open-sampler.ts';
import type { Sampler, Stream } from '../../../src/probes/sampler.ts';
import type { Sample } from '../../../src/model/sample.ts';
import { buildProbeWorker } from '../../helpers/probe-worker.ts';
import { ingressAt, newRequest, NOTHING_EXPECTED } from '../../helpers/probes.ts';
import { until } from '../../helpers/until.ts';
import { serveHttp, type TestServer } from '../../helpers/test-server.ts';

let worker: Awaited<ReturnType<typeof buildProbeWorker>>;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  worker = await buildProbeWorker();
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(() => worker.remove());

const monotonic = (): number => Number(process.hrtime.bigint()) / 1e6;

async function sampling(server: TestServer, epoch = monotonic()): Promise<Sampler> {
  const sampler = await openWorkerSampler(worker.file)({ ingress: ingressAt(server.port), epoch });
  closing.push(() => server.close(), sampler.close);
  return sampler;
}

function stream(overrides: Partial<Stream> = {}): Stream {
  return {
    id: 'page',
    request: newRequest(),
    pacing: { kind: 'open', perSecond: 100, maxInFlight: 1000 },
    expect: NOTHING_EXPECTED,
    ...overrides,
  };
}

/** Resolves once `number` samples have come; the test's own timeout is the deadline. */
function collector(): {
  readonly samples: Sample[];
  readonly take: (stream: string, batch: readonly Sample[]) => void;
  reach(number: number): Promise<void>;
} {
  const samples: Sample[] = [];
  let wake = (): void => undefined;
  return {
    samples,
    take(_stream, batch) {
      samples.push(...batch);
      wake();
    },
    async reach(number) {
      while (samples.length < number) await new Promise<void>((resolve) => (wake = resolve));
    },
  };
}

describe('the worker sampler', () => {
  it('plans exactly rate times duration requests, at exact distances, and loses none', async () => {
    const server = await serveHttp((_, response) => response.end('ok'));
    const sampler = await sampling(server);
    const { samples, take, reach } = collector();
    await sampler.start([stream({ duration: 1000 })], take);
    await reach(100);
    await sampler.stop(['page']);
    expect(samples).toHaveLength(100);
    const dues = samples.map((sample) => sample.due).sort((a, b) => a - b);
    const gaps = dues.slice(1).map((due, index) => due - (dues[index] ?? 0));
    for (const gap of gaps) expect(gap).toBeCloseTo(10, 3);
    expect(samples.every((sample) => sample.sent !== undefined && sample.sent >= sample.due)).toBe(true);
  });

  it('keeps sending while every answer takes far longer than the distance between requests', async () => {
    const server = await serveHttp((_, response) => setTimeout(() => response.end('slow'), 700));
    const sampler = await sampling(server);
    const { samples, take, reach } = collector();
    await sampler.start([stream({ duration: 1000 })], take);
    await reach(100);
    expect(samples).toHaveLength(100);
    expect(samples.every((sample) => sample.status === 200 && sample.end - sample.due >= 690)).toBe(true);
  });

  it('sends on time while the main thread is busy', async () => {
    const server = await serveHttp((_, response) => response.end());
    const sampler = await sampling(server);
    const { samples, take, reach } = collector();
    await sampler.start([stream({ duration: 1000 })], take);
    for (let turn = 0; turn < 4; turn += 1) {
      const until = monotonic() + 200;
      while (monotonic() < until);
      await new Promise(setImmediate);
    }
    await reach(100);
    const lags = samples.map((sample) => (sample.sent ?? 0) - sample.due).sort((a, b) => a - b);
    // On the busy thread itself the median lag would be about 100 ms.
    expect(lags[50]).toBeLessThan(30);
  });

  it('tells of requests that are under way, before any of them has ended, and of their samples later', async () => {
    const held: ServerResponse[] = [];
    const server = await serveHttp((_, response) => held.push(response));
    const sampler = await sampling(server);
    const { samples, take, reach } = collector();
    const sent: number[] = [];
    await sampler.start([stream({ duration: 100, tellSent: true })], take, (_, flights) =>
      sent.push(...flights.map((it) => it.due)),
    );
    await until('ten requests', () => sent.length === 10);
    expect(samples).toEqual([]);
    for (const response of held) response.end();
    await reach(10);
    expect(samples.map((it) => it.due).toSorted((a, b) => a - b)).toEqual(sent);
  });

  it('counts requests over the limit of those under way as dropped', async () => {
    const held: ServerResponse[] = [];
    const server = await serveHttp((_, response) => held.push(response));
    const sampler = await sampling(server);
    const { samples, take, reach } = collector();
    await sampler.start([stream({ duration: 300, pacing: { kind: 'open', perSecond: 100, maxInFlight: 5 } })], take);
    await reach(25);
    expect(samples.every((sample) => sample.sent === undefined)).toBe(true);
    await until('five requests', () => held.length === 5);
    for (const response of held) response.end();
    await reach(30);
    expect(samples.slice(25).every((sample) => sample.status === 200)).toBe(true);
  });

  it('sends a closed burst with no more than its workers at once', async () => {
    let now = 0;
    let most = 0;
    const server = await serveHttp((_, response) => {
      now += 1;
      most = Math.max(most, now);
      setTimeout(() => {
        now -= 1;
        response.end();
      }, 5);
    });
    const sampler = await sampling(server);
    const { samples, take, reach } = collector();
    await sampler.start([stream({ pacing: { kind: 'closed', concurrency: 3, requests: 30 } })], take);
    await reach(30);
    await sampler.stop(['page']);
    expect(samples).toHaveLength(30);
    expect(most).toBe(3);
  });

  it('waits for what is under way when stopped, and sends nothing new', async () => {
    let arrived = 0;
    const server = await serveHttp((_, response) => {
      arrived += 1;
      setTimeout(() => response.end(), 300);
    });
    const sampler = await sampling(server);
    const { samples, take } = collector();
    await sampler.start([stream({ pacing: { kind: 'open', perSecond: 50, maxInFlight: 1000 } })], take);
    await until('three requests', () => arrived >= 3);
    await sampler.stop(['page']);
    expect(samples).toHaveLength(arrived);
    expect(samples.every((sample) => sample.status === 200 && sample.straddles === undefined)).toBe(true);
  });

  it('cuts off what is under way when the stop is aborted, and marks it', async () => {
    let arrived = 0;
    const server = await serveHttp(() => (arrived += 1));
    const sampler = await sampling(server);
    const { samples, take } = collector();
    await sampler.start([stream({ pacing: { kind: 'closed', concurrency: 4, requests: 100 } })], take);
    await until('four requests', () => arrived === 4);
    const abort = new AbortController();
    const stopped = sampler.stop(['page'], abort.signal);
    abort.abort();
    await stopped;
    expect(samples).toHaveLength(4);
    expect(samples.every((sample) => sample.straddles === true && sample.error === 'aborted')).toBe(true);
  });

  it('keeps a session and its cookies apart from other requests', async () => {
    const server = await serveHttp((request, response) => {
      if (request.url === '/login') {
        response.writeHead(302, { location: 'None', 'set-cookie': 'session=jason; HttpOnly; Path=/' }).end();
      } else response.end(request.headers.cookie ?? 'nobody');
    });
    const sampler = await sampling(server);
    const login = newRequest({ method: 'POST', path: '/login', body: { kind: 'form', form: { username: 'jason' } } });
    await sampler.login({ jason: { login, headers: {} } }, new AbortController().signal);
    const seen = (text: string): Parameters<Sampler['once']>[1] => ({
      body: { contains: [text], excludes: [], matches: [], json: {} },
    });
    expect((await sampler.once(newRequest({ session: 'jason' }), seen('session=jason'))).failed).toBeUndefined();
    expect((await sampler.once(newRequest(), seen('nobody'))).failed).toBeUndefined();
  });

  it('names the session, the status and the place when a login is refused', async () => {
    const server = await serveHttp((_, response) => response.writeHead(403).end());
    const sampler = await sampling(server);
    const login = newRequest({ method: 'POST', path: '/login' });
    await expect(sampler.login({ jason: { login, headers: {} } }, new AbortController().signal)).rejects.toMatchObject({
      code: 'LOGIN_FAILED',
      message: 'login of session "jason" failed: the server answered 403',
      details: { where: `POST http://shop.test/login (through 127.0.0.1:${server.port})` },
    });
  });

  it('refuses a login that leaves the session as anonymous as before', async () => {
    const server = await serveHttp((_, response) => response.end('welcome'));
    const sampler = await sampling(server);
    const login = newRequest({ method: 'POST', path: '/login' });
    const abort = new AbortController();
    await expect(sampler.login({ jason: { login, headers: {} } }, abort.signal)).rejects.toMatchObject({
      code: 'LOGIN_FAILED',
      message: expect.stringContaining('set no cookie') as string,
    });
    await sampler.login({ jason: { login, headers: { 'x-user': 'jason' } } }, abort.signal);
  });

  it('gives the reason of the abort when a login is given up', async () => {
    const abort = new AbortController();
    const server = await serveHttp(() => abort.abort(new Error('enough')));
    const sampler = await sampling(server);
    const login = newRequest({ method: 'POST', path: '/login' });
    await expect(sampler.login({ jason: { login, headers: {} } }, abort.signal)).rejects.toThrow('enough');
  });

  it('refuses to run a stream twice', async () => {
    const server = await serveHttp((_, response) => response.end());
    const sampler = await sampling(server);
    const twice = sampler.start([stream(), stream()], () => undefined);
    await expect(twice).rejects.toThrow('stream "page" is already running');
  });

  it('ends a single request when its signal is aborted', async () => {
    const abort = new AbortController();
    const server = await serveHttp(() => abort.abort());
    const sampler = await sampling(server);
    expect(await sampler.once(newRequest(), NOTHING_EXPECTED, abort.signal)).toMatchObject({ error: 'aborted' });
  });

  it('rejects what is waiting, and everything after, when the worker dies', async () => {
    const server = await serveHttp(() => undefined);
    const dying = new URL(`data:text/javascript,${encodeURIComponent(DYING_WORKER)}`);
    const sampler = await openWorkerSampler(dying)({ ingress: ingressAt(server.port), epoch: 0 });
    closing.push(() => server.close(), sampler.close);
    await expect(sampler.once(newRequest(), NOTHING_EXPECTED)).rejects.toMatchObject({ code: 'PROBE_WORKER_FAILED' });
    await expect(sampler.stop(['page'])).rejects.toMatchObject({ code: 'PROBE_WORKER_FAILED' });
  });

  it('says so when the worker cannot start', async () => {
    const open = openWorkerSampler(new URL('file:///nowhere/probe-worker.js'));
    await expect(open({ ingress: ingressAt(1), epoch: 0 })).rejects.toMatchObject({ code: 'PROBE_WORKER_FAILED' });
  });
});

const DYING_WORKER = `
import { parentPort } from 'node:worker_threads';
parentPort.on('message', () => { throw new Error('out of luck'); });
parentPort.postMessage({ type: 'ready' });
`;
