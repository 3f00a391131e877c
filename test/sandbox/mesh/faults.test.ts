import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callFrom, createMeshWorld, metricSum, type MeshWorld, type Workload } from '../../helpers/mesh-world.ts';

const HOST = 'ratings:9080';
const SLACK_MS = 500;

let world: MeshWorld;
let caller: Workload;
let ratings: Workload;

beforeEach(async () => {
  world = await createMeshWorld();
  caller = await world.workload('reviews');
  ratings = await world.workload('ratings');
});
afterEach(() => world.close());

const fault = async (rule: object, more: object = {}): Promise<void> => {
  const route = [{ destination: { host: 'ratings' } }];
  world.virtualService('ratings', { hosts: ['ratings'], http: [{ fault: rule, route, ...more }] });
  await world.settled();
};
const counted = (flags: string) =>
  metricSum(caller.proxy, 'istio_requests_total', { reporter: 'source', response_flags: flags });

describe('T5 delay', () => {
  it('holds the request for the delay and then gives the normal answer', async () => {
    await fault({ delay: { percentage: { value: 100 }, fixedDelay: '150ms' } });
    const answer = await callFrom(caller, HOST);
    expect(answer).toMatchObject({ status: 200, body: 'ratings-v1' });
    expect(answer.tookMs).toBeGreaterThanOrEqual(150);
    expect(answer.tookMs).toBeLessThan(150 + SLACK_MS);
    expect(Number(answer.headers['x-envoy-upstream-service-time'])).toBeLessThan(150);
  });

  it('is counted at the caller with flag DI when the request is complete, not before', async () => {
    await fault({ delay: { percentage: { value: 100 }, fixedDelay: '200ms' } });
    const answer = callFrom(caller, HOST);
    await expect(counted('DI')).resolves.toBe(0);
    await answer;
    await expect.poll(() => counted('DI')).toBe(1);
  });

  it('is over at once when the client goes away, and the application never sees the request', async () => {
    await fault({ delay: { percentage: { value: 100 }, fixedDelay: '300ms' } });
    await expect(callFrom(caller, HOST, { signal: AbortSignal.timeout(50) })).rejects.toThrow();
    await expect.poll(() => counted('DI,DC')).toBe(1);
    expect(ratings.backend.received).toEqual([]);
  });
});

describe('T6 abort', () => {
  it('answers by itself with the status and text of the fault filter', async () => {
    await fault({ abort: { percentage: { value: 100 }, httpStatus: 555 } });
    const answer = await callFrom(caller, HOST);
    expect(answer).toMatchObject({ status: 555, body: 'fault filter abort' });
    expect(answer.headers).toMatchObject({ 'content-length': '18', 'content-type': 'text/plain', server: 'envoy' });
    expect(answer.headers).not.toHaveProperty('x-envoy-upstream-service-time');
    expect(ratings.backend.received).toEqual([]);
  });

  it('is counted at the caller only, with flag FI and an unknown destination workload', async () => {
    await fault({ abort: { percentage: { value: 100 }, httpStatus: 503 } });
    await callFrom(caller, HOST);
    const labels = {
      reporter: 'source',
      response_flags: 'FI',
      response_code: '503',
      source_workload: 'reviews-v1',
      destination_workload: 'unknown',
      destination_service: 'ratings.default.svc.cluster.local',
      destination_service_name: 'ratings',
    };
    await expect.poll(() => metricSum(caller.proxy, 'istio_requests_total', labels)).toBe(1);
    expect(await metricSum(ratings.proxy, 'istio_requests_total', {})).toBe(0);
  });

  it('answers HEAD without a body', async () => {
    await fault({ abort: { percentage: { value: 100 }, httpStatus: 500 } });
    expect(await callFrom(caller, HOST, { method: 'HEAD' })).toMatchObject({ status: 500, body: '' });
  });

  it('answers a gRPC status with HTTP 200', async () => {
    await fault({ abort: { percentage: { value: 100 }, grpcStatus: 'UNAVAILABLE' } });
    const answer = await callFrom(caller, HOST, { headers: { 'content-type': 'application/grpc' } });
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({ 'grpc-status': '14', 'grpc-message': 'fault filter abort' });
  });
});

describe('T7 delay and abort', () => {
  it('aborts after the delay', async () => {
    const percentage = { value: 100 };
    await fault({ delay: { percentage, fixedDelay: '150ms' }, abort: { percentage, httpStatus: 500 } });
    const answer = await callFrom(caller, HOST);
    expect(answer).toMatchObject({ status: 500, body: 'fault filter abort' });
    expect(answer.tookMs).toBeGreaterThanOrEqual(150);
    await expect.poll(() => counted('DI,FI')).toBe(1);
  });
});

describe('T8 percentage', () => {
  it('means nothing happens when it is absent', async () => {
    await fault({ delay: { fixedDelay: '5s' }, abort: { httpStatus: 500 } });
    const answer = await callFrom(caller, HOST);
    expect(answer.status).toBe(200);
    expect(answer.tookMs).toBeLessThan(SLACK_MS);
  });

  it('of 50 aborts about half of 400 requests', async () => {
    await fault({ abort: { percentage: { value: 50 }, httpStatus: 500 } });
    let aborted = 0;
    for (let batch = 0; batch < 20; batch += 1) {
      const answers = await Promise.all(Array.from({ length: 20 }, () => callFrom(caller, HOST)));
      aborted += answers.filter((answer) => answer.status === 500).length;
    }
    expect(aborted).toBeGreaterThanOrEqual(160);
    expect(aborted).toBeLessThanOrEqual(240);
  });

  it('rolls the same for the same seed', async () => {
    const rolls = async (): Promise<number[]> => {
      const other = await createMeshWorld({ seed: 99 });
      const client = await other.workload('reviews');
      await other.workload('ratings');
      const http = [
        {
          fault: { abort: { percentage: { value: 50 }, httpStatus: 500 } },
          route: [{ destination: { host: 'ratings' } }],
        },
      ];
      other.virtualService('ratings', { hosts: ['ratings'], http });
      await other.settled();
      const statuses: number[] = [];
      for (let count = 0; count < 20; count += 1) statuses.push((await callFrom(client, HOST)).status);
      await other.close();
      return statuses;
    };
    expect(await rolls()).toEqual(await rolls());
  });
});

describe('T9 faults beside timeouts and retries', () => {
  const percentage = { value: 100 };

  /** The caller's application answers with what ratings answers it. */
  const relayRatings = () => {
    caller.backend.answer = (_request, response) =>
      void callFrom(caller, HOST).then(
        ({ status, body }) => response.writeHead(status).end(body),
        () => response.destroy(),
      );
  };

  it('the route’s own timeout never sees its own delay', async () => {
    await fault({ delay: { percentage, fixedDelay: '300ms' } }, { timeout: '100ms' });
    const answer = await callFrom(caller, HOST);
    expect(answer.status).toBe(200);
    expect(answer.tookMs).toBeGreaterThanOrEqual(300);
  });

  it('retries and per-try timeout never see it either: one send', async () => {
    await fault({ delay: { percentage, fixedDelay: '200ms' } }, { retries: { attempts: 3, perTryTimeout: '100ms' } });
    const answer = await callFrom(caller, HOST);
    expect(answer.status).toBe(200);
    expect(ratings.backend.received).toHaveLength(1);
  });

  it('an abort is not retried on its own route', async () => {
    await fault({ abort: { percentage, httpStatus: 503 } }, { retries: { attempts: 3, retryOn: '503' } });
    expect((await callFrom(caller, HOST)).status).toBe(503);
    expect(ratings.backend.received).toHaveLength(0);
    await expect.poll(() => counted('FI')).toBe(1);
  });

  it('the previous hop’s timeout does see the delay: 504', async () => {
    await fault({ delay: { percentage, fixedDelay: '600ms' } });
    const http = [{ timeout: '200ms', route: [{ destination: { host: 'reviews' } }] }];
    world.virtualService('reviews', { hosts: ['reviews'], http });
    const page = await world.workload('productpage');
    await world.settled();
    relayRatings();
    const answer = await callFrom(page, 'reviews:9080');
    expect(answer).toMatchObject({ status: 504, body: 'upstream request timeout' });
    expect(answer.tookMs).toBeGreaterThanOrEqual(200);
    expect(answer.tookMs).toBeLessThan(200 + SLACK_MS);
  });

  it('the previous hop’s retries re-roll the abort', async () => {
    await fault({ abort: { percentage, httpStatus: 500 } });
    const http = [{ retries: { attempts: 2, retryOn: '5xx' }, route: [{ destination: { host: 'reviews' } }] }];
    world.virtualService('reviews', { hosts: ['reviews'], http });
    const page = await world.workload('productpage');
    await world.settled();
    relayRatings();
    expect((await callFrom(page, 'reviews:9080')).status).toBe(500);
    expect(caller.backend.received).toHaveLength(3);
    await expect.poll(() => counted('FI')).toBe(3);
  });

  it('a slow application does run into the timeout', async () => {
    world.virtualService('ratings', {
      hosts: ['ratings'],
      http: [{ timeout: '150ms', route: [{ destination: { host: 'ratings' } }] }],
    });
    await world.settled();
    ratings.backend.answer = () => undefined;
    const answer = await callFrom(caller, HOST);
    expect(answer).toMatchObject({ status: 504, body: 'upstream request timeout' });
    expect(answer.tookMs).toBeGreaterThanOrEqual(149);
    expect(answer.tookMs).toBeLessThan(150 + SLACK_MS);
  });
});
