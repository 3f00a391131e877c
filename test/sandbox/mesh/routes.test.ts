import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callFrom, createMeshWorld, metricSum, type MeshWorld, type Workload } from '../../helpers/mesh-world.ts';

const HOST = 'reviews:9080';

let world: MeshWorld;
let caller: Workload;

beforeEach(async () => {
  world = await createMeshWorld();
  caller = await world.workload('productpage');
  for (const version of ['v1', 'v2', 'v3']) await world.workload('reviews', version);
  const subsets = ['v1', 'v2', 'v3'].map((version) => ({ name: version, labels: { version } }));
  world.destinationRule('reviews', { host: 'reviews', subsets });
});
afterEach(() => world.close());

const to = (subset: string, host = 'reviews') => [{ destination: { host, subset } }];
const rules = async (http: readonly object[], more: object = {}, name = 'reviews', namespace = 'default') => {
  world.virtualService(name, { hosts: ['reviews'], http, ...more }, namespace);
  await world.settled();
};
const bodies = async (count: number, ...call: Parameters<typeof callFrom>): Promise<Set<string>> => {
  const answers = await Promise.all(Array.from({ length: count }, () => callFrom(...call)));
  return new Set(answers.map((answer) => answer.body));
};

describe('T1 route order and matching', () => {
  it('takes the first route that matches', async () => {
    await rules([{ match: [{ headers: { 'end-user': { exact: 'jason' } } }], route: to('v2') }, { route: to('v1') }]);
    expect((await callFrom(caller, HOST, { headers: { 'end-user': 'jason' } })).body).toBe('reviews-v2');
    expect((await callFrom(caller, HOST, { headers: { 'end-user': 'Jason' } })).body).toBe('reviews-v1');
    expect((await callFrom(caller, HOST)).body).toBe('reviews-v1');
  });

  it('takes a route when any block matches, and a block when all of its fields do', async () => {
    await rules([
      {
        match: [{ uri: { prefix: '/a' }, method: { exact: 'POST' } }, { uri: { exact: '/b' } }],
        route: to('v2'),
      },
      { route: to('v1') },
    ]);
    expect((await callFrom(caller, HOST, { path: '/abc', method: 'POST' })).body).toBe('reviews-v2');
    expect((await callFrom(caller, HOST, { path: '/b?x=1' })).body).toBe('reviews-v2');
    expect((await callFrom(caller, HOST, { path: '/abc' })).body).toBe('reviews-v1');
    expect((await callFrom(caller, HOST, { path: '/b/c' })).body).toBe('reviews-v1');
  });

  it('never reaches what stands behind a catch-all', async () => {
    await rules([{ route: to('v1') }, { match: [{ headers: { 'end-user': { exact: 'jason' } } }], route: to('v2') }]);
    expect((await callFrom(caller, HOST, { headers: { 'end-user': 'jason' } })).body).toBe('reviews-v1');
  });

  it('answers 404 with flag NR and no body when no route matches', async () => {
    await rules([{ match: [{ uri: { prefix: '/reviews' } }], route: to('v1') }]);
    expect(await callFrom(caller, HOST, { path: '/other' })).toMatchObject({ status: 404, body: '' });
    const labels = { response_flags: 'NR', response_code: '404' };
    await expect.poll(() => metricSum(caller.proxy, 'istio_requests_total', labels)).toBe(1);
  });

  it('shares by weight', async () => {
    await rules([
      {
        route: [
          { destination: { host: 'reviews', subset: 'v1' }, weight: 50 },
          { destination: { host: 'reviews', subset: 'v2' }, weight: 0 },
          { destination: { host: 'reviews', subset: 'v3' }, weight: 50 },
        ],
      },
    ]);
    expect(await bodies(40, caller, HOST)).toEqual(new Set(['reviews-v1', 'reviews-v3']));
  });

  it('spreads over all endpoints when there is no rule', async () => {
    await world.settled();
    expect((await bodies(60, caller, HOST)).size).toBe(3);
  });

  it('keeps a request under way on the route it began with', async () => {
    const delay = { percentage: { value: 100 }, fixedDelay: '300ms' };
    await rules([{ fault: { delay }, route: to('v1') }]);
    const answer = callFrom(caller, HOST);
    await expect.poll(() => metricSum(caller.proxy, 'istio_requests_total', {})).toBe(0);
    await rules([{ route: to('v2') }]);
    expect((await callFrom(caller, HOST)).body).toBe('reviews-v2');
    expect(await answer).toMatchObject({ body: 'reviews-v1' });
  });
});

describe('T2 which routes exist for a proxy', () => {
  it('leaves sidecars alone when only a gateway is named', async () => {
    await rules([{ route: to('v2') }], { gateways: ['some-gateway'] });
    expect((await bodies(60, caller, HOST)).size).toBe(3);
  });

  it('serves sidecars when mesh is named beside a gateway', async () => {
    await rules([{ route: to('v2') }], { gateways: ['some-gateway', 'mesh'] });
    expect(await bodies(10, caller, HOST)).toEqual(new Set(['reviews-v2']));
  });

  it('gives a route with sourceLabels only to the callers that wear them', async () => {
    const details = await world.workload('details');
    await rules([{ match: [{ sourceLabels: { app: 'productpage' } }], route: to('v2') }, { route: to('v1') }]);
    expect((await callFrom(caller, HOST)).body).toBe('reviews-v2');
    expect((await callFrom(details, HOST)).body).toBe('reviews-v1');
  });

  it('ignores the whole VirtualService for a caller for whom no route is left', async () => {
    await rules([{ match: [{ sourceLabels: { app: 'details' } }], route: to('v2') }]);
    expect((await bodies(60, caller, HOST)).size).toBe(3);
  });

  it('tests sourceNamespace and port when the configuration is made', async () => {
    await rules([
      { match: [{ port: 80 }], route: to('v1') },
      { match: [{ sourceNamespace: 'other' }], route: to('v3') },
      { route: to('v2') },
    ]);
    expect((await callFrom(caller, HOST)).body).toBe('reviews-v2');
  });
});

describe('T3 names of a host', () => {
  it.each(['reviews', 'reviews.default', 'reviews.default.svc', 'reviews.default.svc.cluster.local'])(
    'reaches the same rules as %s',
    async (name) => {
      await rules([{ route: to('v2') }]);
      expect((await callFrom(caller, `${name}:9080`)).body).toBe('reviews-v2');
    },
  );

  it('resolves short names in the namespace of the object that uses them', async () => {
    await world.workload('reviews', 'v9', 'other');
    await rules([{ route: [{ destination: { host: 'reviews.other.svc.cluster.local' } }] }]);
    expect((await callFrom(caller, HOST)).body).toBe('reviews-v9');
    await rules([{ route: [{ destination: { host: 'reviews' } }] }], {}, 'elsewhere', 'other');
    expect((await callFrom(caller, 'reviews.other:9080')).body).toBe('reviews-v9');
  });

  it('knows a bare name only inside the namespace', async () => {
    const stranger = await world.workload('client', 'v1', 'other');
    await rules([{ route: to('v2') }]);
    expect((await callFrom(stranger, HOST)).status).toBe(502);
    expect((await callFrom(stranger, 'reviews.default:9080')).body).toBe('reviews-v2');
  });

  it('prefers the most specific host to an older wildcard', async () => {
    await rules([{ route: to('v1') }], { hosts: ['*.default.svc.cluster.local'] }, 'a-wildcard');
    await rules([{ route: to('v2') }], {}, 'b-exact');
    expect((await callFrom(caller, HOST)).body).toBe('reviews-v2');
  });

  it('shows a VirtualService only to the namespaces it is exported to', async () => {
    await rules([{ route: to('v2') }], { exportTo: ['other'] });
    expect((await bodies(60, caller, HOST)).size).toBe(3);
  });
});

describe('T4 several VirtualServices for one host', () => {
  it('follows the first of them in a sidecar and ignores the others', async () => {
    await rules([{ route: to('v1') }], {}, 'a-first');
    const abort = { percentage: { value: 100 }, httpStatus: 500 };
    await rules([{ fault: { abort }, route: to('v2') }], {}, 'b-second');
    expect(await callFrom(caller, HOST)).toMatchObject({ status: 200, body: 'reviews-v1' });
  });

  it('joins the delegate’s routes under the root’s match and fault', async () => {
    const delegated = { hosts: [], http: [{ match: [{ uri: { prefix: '/reviews/0' } }], route: to('v3') }] };
    world.virtualService('leaf', delegated);
    const abort = { percentage: { value: 100 }, httpStatus: 500 };
    await rules([
      {
        match: [{ uri: { prefix: '/reviews' }, headers: { who: { exact: 'root' } } }],
        delegate: { name: 'leaf' },
        fault: { abort },
      },
      { route: to('v1') },
    ]);
    expect((await callFrom(caller, HOST, { path: '/reviews/0', headers: { who: 'root' } })).status).toBe(500);
    expect((await callFrom(caller, HOST, { path: '/reviews/0' })).body).toBe('reviews-v1');
    expect((await callFrom(caller, HOST, { path: '/reviews/1', headers: { who: 'root' } })).body).toBe('reviews-v1');
  });
});

describe('what a route does to a request', () => {
  const reviews = () => callFrom(caller, HOST, { path: '/old/page?x=1', headers: { 'x-gone': '1' } });

  it('rewrites path and authority, and changes headers on both ways', async () => {
    const v9 = await world.workload('reviews', 'v9', 'other');
    await rules([
      {
        match: [{ uri: { prefix: '/old/' } }],
        rewrite: { uri: '/new/', authority: 'renamed.example' },
        headers: { request: { set: { 'x-set': 'a' }, remove: ['x-gone'] }, response: { add: { 'x-seen': 'b' } } },
        route: [{ destination: { host: 'reviews.other.svc.cluster.local' } }],
      },
    ]);
    expect((await reviews()).headers).toMatchObject({ 'x-seen': 'b', server: 'envoy' });
    const [seen] = v9.backend.received;
    expect(seen?.url).toBe('/new/page?x=1');
    expect(seen?.headers).toMatchObject({ host: 'renamed.example', 'x-set': 'a', 'x-envoy-attempt-count': '1' });
    expect(seen?.headers).not.toHaveProperty('x-gone');
    expect(seen?.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('redirects and answers directly', async () => {
    await rules([
      {
        match: [{ uri: { exact: '/old/page' } }],
        redirect: { uri: '/moved', authority: 'new.example', redirectCode: 302 },
      },
      { directResponse: { status: 418, body: { string: 'short' } } },
    ]);
    const moved = await reviews();
    expect(moved).toMatchObject({ status: 302, headers: { location: 'http://new.example/moved?x=1' } });
    expect(await callFrom(caller, HOST)).toMatchObject({ status: 418, body: 'short' });
  });

  it('carries the body, and sends a copy to the mirror', async () => {
    const copy = await world.workload('shadow');
    await rules([{ route: to('v1'), mirror: { host: 'shadow' } }]);
    const answer = await callFrom(caller, HOST, { method: 'POST', body: 'payload' });
    expect(answer.body).toBe('reviews-v1');
    await expect.poll(() => copy.backend.received.map((request) => request.body)).toEqual(['payload']);
    expect(copy.backend.received[0]?.headers.host).toBe('reviews-shadow:9080');
  });
});
