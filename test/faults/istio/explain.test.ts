import { describe, expect, it } from 'vitest';
import { createIstioDriver } from '../../../src/faults/istio/istio-driver.ts';
import type { IstioFaultSpec } from '../../../src/model/fault.ts';
import type { FindingCode } from '../../../src/model/finding-codes.ts';
import type { KubernetesObject } from '../../../src/model/kubernetes.ts';
import { driverContext } from '../../helpers/driver-context.ts';
import { createFakeCluster, type FakeCluster } from '../../helpers/fake-cluster.ts';
import {
  bookinfo,
  experiment,
  fault,
  pod,
  proxyMetrics,
  ratingsV1,
  virtualService,
} from '../../helpers/istio-world.ts';

const subsets: KubernetesObject = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'DestinationRule',
  metadata: { name: 'ratings', namespace: 'default' },
  spec: { host: 'ratings', subsets: [{ name: 'v1', labels: { version: 'v1' } }] },
};
const OLD = { creationTimestamp: '2020-01-01T00:00:00Z' };

/** What the proxy of a pod counts from one look to the next; undefined where it does not answer. */
type Traffic = (
  pod: string,
  /** The time for the proof is over. */
  over: boolean,
) => { readonly clean?: number; readonly hit?: number; readonly served?: number } | undefined;

interface Case {
  readonly spec?: Partial<IstioFaultSpec>;
  readonly objects?: readonly KubernetesObject[];
  /** Done while the fault is in. */
  readonly change?: (cluster: FakeCluster) => void;
  readonly traffic?: Traffic;
  /** Given as a fault with a proof probe. */
  readonly proof?: true;
}

const nobody: Traffic = () => ({});
const reviewsCall: Traffic = (name) => (name.startsWith('reviews') ? { clean: 3, served: 3 } : {});

/** Injects, lets somebody change the mesh, and asks why the fault is not seen to bite. */
async function why({ spec, objects = [ratingsV1, subsets], change, traffic = nobody, proof }: Case) {
  let over = false;
  const counted = new Map<string, { clean: number; hit: number; served: number }>();
  const cluster = createFakeCluster([...bookinfo, ...objects], {
    podProxy: ({ name }) => {
      const more = traffic(name, over);
      if (more === undefined) return { status: 503, body: '' };
      const sum = counted.get(name) ?? { clean: 0, hit: 0, served: 0 };
      counted.set(name, {
        clean: sum.clean + (more.clean ?? 0),
        hit: sum.hit + (more.hit ?? 0),
        served: sum.served + (more.served ?? 0),
      });
      const inbound = `istio_requests_total{reporter="destination",response_flags="-"} ${sum.served}`;
      return { status: 200, body: `${proxyMetrics('ratings', { '-': sum.clean, DI: sum.hit })}${inbound}\n` };
    },
  });
  const context = driverContext(cluster);
  const driver = createIstioDriver();
  const http = {
    method: 'GET',
    path: '/',
    query: {},
    headers: {},
    timeout: 1000,
    followRedirects: false,
    freshConnection: false,
    insecure: false,
  } as const;
  const what = { ...fault(spec), ...(proof && { proof: { http, expect: {} } }) };
  const inside = experiment(what);
  const prepared = await driver.preflight('20260101-000000-abcd', what, inside, context);
  expect(prepared.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  const injected = await driver.inject(prepared, context);
  change?.(cluster);
  const written = cluster.writes.length;
  // As the engine does when the time for the proof is over.
  await driver.observe(prepared.handle, injected, context);
  over = true;
  const found = await driver.explain?.(prepared, injected, inside, context);
  expect(cluster.writes).toHaveLength(written);
  if (found === undefined) throw new Error('it does not explain');
  return { ...found, codes: found.reasons.map(({ code }) => code) };
}

const at = (name: string) => ({ namespace: 'default', name });
const editRoutes = (change: (routes: Record<string, unknown>[]) => void) => (cluster: FakeCluster) =>
  cluster.edit('VirtualService', at('ratings'), (it) => {
    const routes = ((it.spec ??= {})['http'] ?? []) as Record<string, unknown>[];
    change(routes);
  });
const bare =
  (...names: readonly string[]) =>
  (cluster: FakeCluster) => {
    for (const name of names) cluster.edit('Pod', at(name), (it) => (it.spec = { containers: [{ name: 'app' }] }));
  };
const toRatings = { route: [{ destination: { host: 'ratings' } }] };
const ofJason: Partial<IstioFaultSpec> = { match: { headers: { 'end-user': { exact: 'jason' } } } };
const rare: Partial<IstioFaultSpec> = { delay: { fixedDelay: 1000, percentage: 1 } };

const CASES: readonly [FindingCode, string, Case][] = [
  [
    'OTHER_VIRTUALSERVICE',
    'an older rule came up that governs the host instead',
    { change: (cluster) => cluster.put(virtualService('older', { hosts: ['ratings'], http: [toRatings] }, OLD)) },
  ],
  [
    'GATEWAY_ONLY',
    'somebody bound the rule to a gateway',
    {
      change: (cluster) =>
        cluster.edit('VirtualService', at('ratings'), (it) => ((it.spec ??= {})['gateways'] = ['gw'])),
    },
  ],
  [
    'NOT_EXPORTED',
    'somebody exported the rule to another namespace only',
    {
      change: (cluster) =>
        cluster.edit('VirtualService', at('ratings'), (it) => ((it.spec ??= {})['exportTo'] = ['x'])),
    },
  ],
  ['FAULT_OVER', 'somebody took our routes out', { change: editRoutes((routes) => routes.shift()) }],
  [
    'FAULT_OVER',
    'somebody took our routes out after they had bitten for a moment',
    {
      proof: true,
      change: editRoutes((routes) => routes.shift()),
      traffic: (name, over) => (name.startsWith('reviews') ? (over ? { clean: 3 } : { hit: 1 }) : {}),
    },
  ],
  [
    'FAULT_ALTERED',
    'somebody took the percentage out',
    { change: editRoutes(([ours]) => ours && (ours['fault'] = { delay: { fixedDelay: '7s' } })) },
  ],
  [
    'ROUTE_IN_FRONT',
    'a catch-all came before our route',
    { change: editRoutes((routes) => routes.unshift({ directResponse: { status: 200 } })) },
  ],
  [
    'ROUTE_IN_FRONT',
    'another route to the service came before ours',
    { change: editRoutes((routes) => routes.unshift({ match: [{ uri: { prefix: '/ratings' } }], ...toRatings })) },
  ],
  [
    'NO_SIDECAR',
    'the callers were started again without sidecars',
    { change: bare('productpage-v1-1', 'reviews-v2-1') },
  ],
  [
    'CONTROL_PLANE_DOWN',
    'istiod is not ready any more',
    {
      change: (cluster) =>
        cluster.edit('Pod', { namespace: 'istio-system', name: 'istiod-1' }, (it) => {
          it.status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'False' }] };
        }),
    },
  ],
  ['NO_REQUESTS', 'nobody called', {}],
  ['BARE_CALLERS', 'the version that calls has no proxy any more', { change: bare('reviews-v2-1') }],
  [
    'CALLERS_IDLE',
    'the requests are served by a version that never calls',
    {
      objects: [ratingsV1, subsets, pod('reviews-v1-1', { app: 'reviews', version: 'v1' })],
      traffic: (name) => (name === 'reviews-v1-1' ? { served: 4 } : {}),
    },
  ],
  [
    'SUBSET_EMPTY',
    'requests are led to a subset on the way that has no pods',
    {
      objects: [
        ratingsV1,
        subsets,
        virtualService('reviews', {
          hosts: ['reviews'],
          http: [{ route: [{ destination: { host: 'reviews', subset: 'v3' } }] }],
        }),
        {
          ...subsets,
          metadata: at('reviews'),
          spec: { host: 'reviews', subsets: [{ name: 'v3', labels: { version: 'v3' } }] },
        },
      ],
    },
  ],
  ['MATCH_NOT_SEEN', 'requests come and none is of that user', { spec: ofJason, traffic: reviewsCall }],
  ['SHARE_TOO_RARE', 'requests come and few of them would be hit', { spec: rare, traffic: reviewsCall }],
  ['EFFECT_LATE', 'requests are hit now', { traffic: (name) => (name.startsWith('reviews') ? { hit: 1 } : {}) }],
  [
    'EFFECT_LATE',
    'requests are hit now, and none was as long as the proof was asked for',
    { proof: true, traffic: (name, over) => (name.startsWith('reviews') && over ? { hit: 1 } : {}) },
  ],
  [
    'PROOF_BLIND',
    'requests were hit all the time',
    { proof: true, traffic: (name) => (name.startsWith('reviews') ? { hit: 1 } : {}) },
  ],
  ['NO_EVIDENCE', 'the proxies do not say what they counted', { traffic: () => undefined }],
];

describe('an Istio fault that is not seen to bite', () => {
  it.each(CASES)('is most likely explained by %s when %s', async (code, _what, it) => {
    const { codes } = await why(it);
    expect(codes[0]).toBe(code);
  });

  it('is contradicted where requests pass that it is for, and nothing is made up to explain it', async () => {
    for (const objects of [[ratingsV1, subsets], []]) {
      const { contradiction, reasons, looked } = await why({ objects, traffic: reviewsCall });
      expect(contradiction).toMatch(
        /^\d+ requests of the callers to ratings passed .* none was hit, though it is for each/,
      );
      expect(reasons).toEqual([]);
      expect(looked.join('; ')).toMatch(
        /istiod; Service ratings; 2 callers with a proxy.*requests to ratings passed, 0 hit/,
      );
    }
  });

  it('is not contradicted by requests that it need not hit, nor by none', async () => {
    for (const it of [{ spec: ofJason, traffic: reviewsCall }, { spec: rare, traffic: reviewsCall }, {}]) {
      expect((await why(it)).contradiction).toBeUndefined();
    }
  });

  it('is contradicted when the counters say that requests are hit and the proof probe never shows it', async () => {
    const { contradiction } = await why({
      proof: true,
      traffic: (name) => (name.startsWith('reviews') ? { hit: 1, clean: 1 } : {}),
    });
    expect(contradiction).toMatch(
      /proxies say that \d+ of \d+ requests to ratings were hit, and the proof probe was not/,
    );
  });

  it.each<[string, Case]>([
    [
      'a younger rule for the host, which nobody uses',
      { change: (it) => it.put(virtualService('younger', { hosts: ['ratings'], http: [] })) },
    ],
    [
      'a rule for gateways that is not the one with the fault',
      { objects: [ratingsV1, virtualService('outside', { hosts: ['ratings'], gateways: ['gw'], http: [toRatings] })] },
    ],
    [
      'a subset of the faulted service without pods, which requests meet after the fault',
      { change: (it) => it.drop('Pod', at('ratings-v1-1')) },
    ],
  ])('is not explained by %s', async (_what, it) => {
    const { codes } = await why({ ...it, traffic: reviewsCall });
    expect(codes.filter((code) => code !== 'GATEWAY_UNTOUCHED')).toEqual([]);
  });

  it('is not said to be left alone by a version that does call, only not by the one that `from` names', async () => {
    const { codes } = await why({
      spec: { from: { app: 'reviews', version: 'v3' } },
      objects: [ratingsV1, subsets, pod('reviews-v3-1', { app: 'reviews', version: 'v3' })],
      traffic: (name) => (name === 'reviews-v2-1' ? { served: 3, clean: 3 } : {}),
    });
    expect(codes).toEqual(['OTHER_CALLERS', 'NO_REQUESTS']);
  });

  it('is contradicted where it hits a share, by as many requests as make that no accident', async () => {
    const half = { delay: { fixedDelay: 1000, percentage: 50 } };
    expect((await why({ spec: half, traffic: reviewsCall })).contradiction).toMatch(/though it is for 50% of them$/);
  });

  it('says what the requests lack that the match asks for', async () => {
    const { reasons } = await why({ spec: ofJason, traffic: reviewsCall, proof: true });
    expect(reasons[0]?.message).toMatch(/the fault is for end-user=jason only/);
    expect(reasons[0]?.hint).toMatch(/No request is sent with end-user, and none has a session/);
  });

  it('says which version was asked, and that its proxy sent nothing', async () => {
    const [, , it] = CASES.find(([code]) => code === 'CALLERS_IDLE')!;
    const { reasons } = await why(it);
    expect(reasons[0]?.message).toMatch(
      /^\d+ requests in 3\.5 s were served by v1 of reviews \(reviews-v1-1\), and its proxy sent none to ratings; v2 of reviews served none\.$/,
    );
  });
});
