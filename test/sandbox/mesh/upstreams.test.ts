import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callFrom, createMeshWorld, metricSum, type MeshWorld, type Workload } from '../../helpers/mesh-world.ts';

const HOST = 'ratings:9080';
const RESET = 'upstream connect error or disconnect/reset before headers';

let world: MeshWorld;
let caller: Workload;
let ratings: Workload;

const start = async (istioMinor: number): Promise<void> => {
  world = await createMeshWorld({ istioMinor });
  caller = await world.workload('reviews');
  ratings = await world.workload('ratings');
  await world.settled();
};
const counted = (flags: string) => metricSum(caller.proxy, 'istio_requests_total', { response_flags: flags });
const route = async (more: object, destination: object = { host: 'ratings' }): Promise<void> => {
  world.virtualService('ratings', { hosts: ['ratings'], http: [{ route: [{ destination }], ...more }] });
  await world.settled();
};
const policy = async (trafficPolicy: object): Promise<void> => {
  world.destinationRule('ratings', { host: 'ratings', trafficPolicy });
  await world.settled();
};

beforeEach(() => start(24));
afterEach(() => world.close());

describe('T10 how often a failing application is asked', () => {
  const asked = async (): Promise<number> => {
    ratings.backend.answer = (_request, response) => response.writeHead(503).end('busy');
    expect(await callFrom(caller, HOST)).toMatchObject({ status: 503, body: 'busy' });
    return ratings.backend.received.length;
  };

  it('once by default from Istio 1.24 on', async () => {
    expect(await asked()).toBe(1);
  });

  it('three times by default up to Istio 1.23', async () => {
    await world.close();
    await start(23);
    expect(await asked()).toBe(3);
    await expect.poll(() => counted('URX')).toBe(1);
  });

  it('attempts + 1 times when retryOn covers the status', async () => {
    await route({ retries: { attempts: 3, retryOn: '5xx', backoff: '1ms' } });
    expect(await asked()).toBe(4);
    const counts = ratings.backend.received.map((request) => request.headers['x-envoy-attempt-count']);
    expect(counts).toEqual(['1', '2', '3', '4']);
  });

  it('once with attempts 0', async () => {
    await route({ retries: { attempts: 0 } });
    expect(await asked()).toBe(1);
  });

  it('again after a per-try timeout only when retryOn says so', async () => {
    ratings.backend.answer = () => undefined;
    // Long enough for a busy machine to hand the request over before the try ends.
    await route({ retries: { attempts: 1, perTryTimeout: '400ms' } });
    expect(await callFrom(caller, HOST)).toMatchObject({ status: 504, body: 'upstream request timeout' });
    expect(ratings.backend.received).toHaveLength(1);
    await route({ retries: { attempts: 1, perTryTimeout: '400ms', retryOn: '5xx' } });
    expect((await callFrom(caller, HOST)).status).toBe(504);
    expect(ratings.backend.received).toHaveLength(3);
  });
});

describe('T11 timeout', () => {
  it('ends a request with 504, tells the upstream its limit, and is counted UT', async () => {
    ratings.backend.answer = () => undefined;
    await route({ timeout: '100ms' });
    const answer = await callFrom(caller, HOST);
    expect(answer).toMatchObject({ status: 504, body: 'upstream request timeout' });
    expect(answer.headers).not.toHaveProperty('x-envoy-upstream-service-time');
    expect(ratings.backend.received[0]?.headers['x-envoy-expected-rq-timeout-ms']).toBe('100');
    await expect.poll(() => counted('UT')).toBe(1);
  });
});

describe('T12 local replies about upstreams', () => {
  it('UH: no healthy upstream when a Service has no endpoints', async () => {
    world.store.remove('endpointslices.discovery.k8s.io', 'default', 'ratings-ratings-v1');
    await world.settled();
    const answer = await callFrom(caller, HOST);
    expect(answer).toMatchObject({ status: 503, body: 'no healthy upstream' });
    await expect.poll(() => counted('UH')).toBe(1);
  });

  it('UH: also when a subset selects no pod', async () => {
    world.destinationRule('ratings', { host: 'ratings', subsets: [{ name: 'v2', labels: { version: 'v2' } }] });
    await route({}, { host: 'ratings', subset: 'v2' });
    expect(await callFrom(caller, HOST)).toMatchObject({ status: 503, body: 'no healthy upstream' });
  });

  it.each([
    ['a subset without DestinationRule', { host: 'ratings', subset: 'v1' }],
    ['a host nobody has', { host: 'nowhere' }],
  ])('NC: an empty 503 for %s', async (_what, destination) => {
    await route({}, destination);
    expect(await callFrom(caller, HOST)).toMatchObject({ status: 503, body: '' });
    await expect.poll(() => counted('NC')).toBe(1);
  });

  it('UF: a pod that is gone refuses the connection', async () => {
    world.network.unbind(ratings.pod.ip);
    const answer = await callFrom(caller, HOST);
    expect(answer.status).toBe(503);
    expect(answer.body.startsWith(`${RESET}. retried and the latest reset reason: remote connection failure`)).toBe(
      true,
    );
    await expect.poll(() => counted('UF,URX')).toBe(1);
  });

  it('UC: a pod killed while it works', async () => {
    ratings.backend.answer = () => void ratings.proxy.close('reset');
    const answer = await callFrom(caller, HOST);
    expect(answer).toMatchObject({ status: 503, body: `${RESET}. reset reason: connection termination` });
    await expect.poll(() => counted('UC')).toBe(1);
  });

  it('UO: more requests than the connection pool takes', async () => {
    await policy({ connectionPool: { tcp: { maxConnections: 1 }, http: { http1MaxPendingRequests: 1 } } });
    const held: (() => void)[] = [];
    ratings.backend.answer = (_request, response) => void held.push(() => response.end('late'));
    const first = callFrom(caller, HOST);
    await expect.poll(() => held.length).toBe(1);
    const others = [callFrom(caller, HOST), callFrom(caller, HOST)];
    const refused = await Promise.race(others);
    expect(refused).toMatchObject({ status: 503, body: `${RESET}. reset reason: overflow` });
    expect(refused.headers['x-envoy-overloaded']).toBe('true');
    held[0]?.();
    expect((await first).body).toBe('late');
    await expect.poll(() => held.length).toBe(2);
    held[1]?.();
    expect(new Set((await Promise.all(others)).map((answer) => answer.status))).toEqual(new Set([200, 503]));
    await expect.poll(() => counted('UO')).toBe(1);
    expect(await metricSum(caller.proxy, 'envoy_cluster_upstream_rq_pending_overflow', {})).toBe(1);
  });

  it('502 for a host that does not exist at all', async () => {
    expect((await callFrom(caller, 'nobody.example:9080')).status).toBe(502);
  });

  it('passes through to a pod address without rules', async () => {
    await route({ fault: { abort: { percentage: { value: 100 }, httpStatus: 500 } } });
    expect((await callFrom(caller, `${ratings.pod.ip}:9080`)).body).toBe('ratings-v1');
  });
});

describe('T13 outlier detection', () => {
  const outlier = { consecutive5xxErrors: 1, interval: '1s', baseEjectionTime: '60s' };
  const fail = (workload: Workload) => {
    workload.backend.answer = (_request, response) => response.writeHead(500).end();
  };

  it('ejects the only host at 100 %: UH', async () => {
    await policy({ outlierDetection: { ...outlier, maxEjectionPercent: 100 } });
    fail(ratings);
    expect((await callFrom(caller, HOST)).status).toBe(500);
    expect(await callFrom(caller, HOST)).toMatchObject({ status: 503, body: 'no healthy upstream' });
  });

  it('forgets whom it ejected when the rule changes', async () => {
    await policy({ outlierDetection: { ...outlier, maxEjectionPercent: 100 } });
    fail(ratings);
    await callFrom(caller, HOST);
    expect((await callFrom(caller, HOST)).status).toBe(503);
    await policy({ outlierDetection: { ...outlier, maxEjectionPercent: 100, baseEjectionTime: '50s' } });
    expect((await callFrom(caller, HOST)).status).toBe(500);
  });

  it('never ejects one of two hosts at the default of 10 %', async () => {
    fail(ratings);
    await world.workload('ratings', 'v2');
    await policy({ outlierDetection: outlier, loadBalancer: { simple: 'ROUND_ROBIN' } });
    const statuses: number[] = [];
    for (let count = 0; count < 8; count += 1) statuses.push((await callFrom(caller, HOST)).status);
    expect(statuses.filter((status) => status === 500)).toHaveLength(4);
  });

  it('did eject the first host in older versions', async () => {
    await world.close();
    await start(17);
    fail(ratings);
    await world.workload('ratings', 'v2');
    await policy({ outlierDetection: outlier, loadBalancer: { simple: 'ROUND_ROBIN' } });
    const statuses: number[] = [];
    for (let count = 0; count < 8; count += 1) statuses.push((await callFrom(caller, HOST)).status);
    expect(statuses.filter((status) => status === 500)).toHaveLength(1);
  });
});

describe('consistent hashing', () => {
  it.each([
    ['a header', { httpHeaderName: 'X-User' }, (user: string) => ({ headers: { 'x-user': user } })],
    [
      'a cookie',
      { httpCookie: { name: 'user', ttl: '0s' } },
      (user: string) => ({ headers: { cookie: `a=b; user=${user}` } }),
    ],
    ['a parameter', { httpQueryParameterName: 'user' }, (user: string) => ({ path: `/?user=${user}` })],
  ])('keeps requests with the same value of %s on one pod, and others apart', async (_what, consistentHash, call) => {
    await world.workload('ratings', 'v2');
    await policy({ loadBalancer: { consistentHash } });
    const podOf = async (user: string) => (await callFrom(caller, HOST, call(user))).body;
    const users = Array.from({ length: 12 }, (_, index) => `user-${index}`);
    const first = await Promise.all(users.map(podOf));
    expect(await Promise.all(users.map(podOf))).toEqual(first);
    expect(new Set(first).size).toBe(2);
  });
});

describe('an answer that breaks off', () => {
  const half = () => {
    ratings.backend.answer = (_request, response) =>
      void response.writeHead(200, { 'content-length': '10' }).write('half');
  };

  it('breaks off for the client too when the pod is killed: UC', async () => {
    half();
    const answer = callFrom(caller, HOST);
    await expect.poll(() => ratings.backend.received.length).toBe(1);
    await ratings.proxy.close('reset');
    await expect(answer).rejects.toThrow();
    await expect.poll(() => counted('UC')).toBe(1);
  });

  it('and when the time is up in the middle: UT', async () => {
    half();
    await route({ timeout: '100ms' });
    await expect(callFrom(caller, HOST)).rejects.toThrow();
    await expect.poll(() => metricSum(caller.proxy, 'istio_requests_total', { response_code: '200' })).toBe(1);
    expect(await counted('UT')).toBe(1);
  });

  it('is counted DC when the client leaves', async () => {
    half();
    await expect(callFrom(caller, HOST, { signal: AbortSignal.timeout(80) })).rejects.toThrow();
    await expect.poll(() => counted('DC')).toBe(1);
  });

  it('is not there for HEAD, whose length is passed on', async () => {
    ratings.backend.answer = (_request, response) => response.writeHead(200, { 'content-length': '10' }).end();
    const answer = await callFrom(caller, HOST, { method: 'HEAD' });
    expect(answer).toMatchObject({ status: 200, body: '', headers: { 'content-length': '10' } });
  });
});

describe('the way into a pod', () => {
  it('is counted there with both workloads, after both proxies', async () => {
    const answer = await callFrom(caller, HOST);
    expect(answer).toMatchObject({ status: 200, body: 'ratings-v1' });
    const labels = {
      reporter: 'destination',
      source_workload: 'reviews-v1',
      destination_workload: 'ratings-v1',
      destination_service_name: 'ratings',
      response_code: '200',
      response_flags: '-',
    };
    await expect.poll(() => metricSum(ratings.proxy, 'istio_requests_total', labels)).toBe(1);
    await expect.poll(() => counted('-')).toBe(1);
    const observed = await metricSum(caller.proxy, 'istio_request_duration_milliseconds_count', {});
    expect(observed).toBe(1);
  });

  it('says 503 when the application does not listen', async () => {
    await ratings.backend.kill();
    const answer = await callFrom(caller, HOST);
    expect(answer.status).toBe(503);
    expect(answer.body.startsWith(RESET)).toBe(true);
    await expect.poll(() => metricSum(ratings.proxy, 'istio_requests_total', { response_flags: 'UF' })).toBe(1);
  });

  it('reuses connections without losing requests when a pod is replaced on another port', async () => {
    expect((await callFrom(caller, HOST)).status).toBe(200);
    await ratings.proxy.close('reset');
    const next = await world.mesh.sidecar(ratings.pod, new Map([[9080, ratings.backend.port]]));
    world.network.bind(ratings.pod.ip, 9080, next.inboundPorts.get(9080) ?? 0);
    expect((await callFrom(caller, HOST)).status).toBe(200);
  });

  it('drains: what is under way ends, new connections are refused', async () => {
    let finish = (): void => undefined;
    ratings.backend.answer = (_request, response) => void (finish = () => response.end('done'));
    const answer = callFrom(caller, HOST);
    await expect.poll(() => ratings.backend.received.length).toBe(1);
    const drained = ratings.proxy.close('drain');
    await expect.poll(async () => (await callFrom(caller, HOST)).status).toBe(503);
    finish();
    expect((await answer).body).toBe('done');
    await drained;
  });
});
