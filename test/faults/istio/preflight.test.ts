import { describe, expect, it } from 'vitest';
import { createIstioDriver } from '../../../src/faults/istio/istio-driver.ts';
import { HoldfastError } from '../../../src/model/errors.ts';
import type { IstioFaultSpec } from '../../../src/model/fault.ts';
import type { KubernetesObject } from '../../../src/model/kubernetes.ts';
import { addRecord } from '../../../src/undo/marks.ts';
import { driverContext } from '../../helpers/driver-context.ts';
import { createFakeCluster, type FakeClusterOptions } from '../../helpers/fake-cluster.ts';
import { FAKE_RESOURCES } from '../../helpers/fake-resources.ts';
import {
  bookinfo,
  experiment,
  fault,
  istiod,
  pod,
  ratingsV1,
  service,
  virtualService,
} from '../../helpers/istio-world.ts';

const v1 = { destination: { host: 'ratings', subset: 'v1' } };
const toV1 = { route: [v1] };

async function findings(
  objects: readonly KubernetesObject[],
  spec: Partial<IstioFaultSpec> = {},
  options: FakeClusterOptions = {},
) {
  const cluster = createFakeCluster(objects, options);
  const what = fault(spec);
  const { findings: found, plan } = await createIstioDriver().preflight(
    'r1',
    what,
    experiment(what),
    driverContext(cluster),
  );
  expect(cluster.writes).toEqual([]);
  return { codes: found.map(({ severity, code }) => `${severity} ${code}`), found, plan };
}

const without = (kind: string, name: string) =>
  bookinfo.filter((object) => object.kind !== kind || object.metadata.name !== name);
const rule = (spec: Readonly<Record<string, unknown>>, meta = {}, name = 'ratings') =>
  virtualService(name, { hosts: ['ratings'], http: [toV1], ...spec }, meta);

const replaced = (name: string, by: KubernetesObject) =>
  bookinfo.map((object) => (object.metadata.name === name ? by : object));
const noSubsets: KubernetesObject = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'DestinationRule',
  metadata: { name: 'ratings', namespace: 'default' },
  spec: { host: 'ratings' },
};

const ambient = bookinfo.map((it) =>
  it.kind === 'Pod' ? pod(it.metadata.name, { 'istio.io/dataplane-mode': 'ambient' }, { spec: {} }) : it,
);

describe('before an Istio fault is injected', () => {
  it('says what will be written, where, to whom, and how to undo it by hand', async () => {
    const { plan } = await findings([...bookinfo, ratingsV1], {
      match: { headers: { 'end-user': { exact: 'jason' } } },
    });
    expect(plan.targets).toEqual(['VirtualService default/ratings (caller proxies: productpage-v1-1, reviews-v2-1)']);
    expect(plan.lockKeys).toEqual(['vs:default/ratings']);
    expect(plan.changes).toMatchObject([{ verb: 'update', object: { kind: 'VirtualService', name: 'ratings' } }]);
    expect(plan.changes[0]?.diff).toContain('+    - name: holdfast-r1-slow-ratings-1');
    expect(plan.changes[0]?.diff).toContain('+          fixedDelay: 7s');
    expect(plan.undoCommands[0]).toBe('holdfast recover --context fake --run r1');
    expect(plan.undoCommands[1]).toContain(
      'kubectl --context fake -n default get virtualservices.networking.istio.io ratings -o json | jq',
    );
  });

  it.each<[string, string, readonly KubernetesObject[], Partial<IstioFaultSpec>]>([
    ['the service does not exist', 'error NO_SERVICE', without('Service', 'ratings'), {}],
    [
      'nothing is ready behind it',
      'error NO_ENDPOINTS',
      [...without('EndpointSlice', 'ratings-abc'), ...service('ratings', undefined, false).slice(1)],
      {},
    ],
    [
      'its port is not HTTP',
      'error PORT_NOT_HTTP',
      [...without('Service', 'ratings'), ...service('ratings', { name: 'tcp-db', port: 9080 }).slice(0, 1)],
      {},
    ],
    ['the port of the match is not there', 'error PORT_NOT_HTTP', bookinfo, { match: { port: 81 } }],
    ['nobody has the labels of `from`', 'error NO_CALLERS', bookinfo, { from: { app: 'nobody' } }],
    [
      'no caller has a sidecar',
      'error NO_SIDECAR',
      bookinfo.map((it) => ({ ...it, spec: it.kind === 'Pod' ? { containers: [{ name: 'app' }] } : it['spec'] })),
      {},
    ],
    ['the callers are ambient', 'error NO_WAYPOINT', ambient, {}],
    [
      'the callers are ambient, and the waypoint of the service would act',
      'error AMBIENT',
      ambient.map((it) =>
        it.kind === 'Service'
          ? { ...it, metadata: { ...it.metadata, labels: { 'istio.io/use-waypoint': 'gate' } } }
          : it,
      ),
      {},
    ],
    [
      'the namespace has both injection labels',
      'warning INJECTION_CONFLICT',
      [
        ...without('Namespace', 'default'),
        {
          apiVersion: 'v1',
          kind: 'Namespace',
          metadata: { name: 'default', labels: { 'istio-injection': 'enabled', 'istio.io/rev': 'x' } },
        },
      ],
      {},
    ],
    [
      'some of the callers have no sidecar',
      'warning SOME_UNMESHED',
      [...bookinfo, pod('reviews-bare', { app: 'reviews' }, { spec: {} })],
      { from: { app: 'reviews' } },
    ],
    [
      'a route carries a fault',
      'error FAULT_ON_ROUTE',
      [...bookinfo, rule({ http: [{ ...toV1, fault: { abort: { httpStatus: 500 } } }] })],
      {},
    ],
    [
      'two regular expressions meet',
      'error MATCH_UNCLEAR',
      [...bookinfo, rule({ http: [{ ...toV1, match: [{ uri: { regex: '/[a-z]+' } }] }] })],
      { match: { uri: { regex: '/x[0-9]' } } },
    ],
    ['the only route redirects', 'error NO_ROUTE', [...bookinfo, rule({ http: [{ redirect: { uri: '/' } }] })], {}],
    ['the routes are TCP', 'error NO_ROUTE', [...bookinfo, rule({ http: undefined, tcp: [] })], {}],
    ['nothing at a gateway leads there', 'error NO_GATEWAY_ROUTE', [...bookinfo, ratingsV1], { gateway: true }],
    [
      'Flagger owns the VirtualService',
      'error FLAGGER_OWNED',
      [
        ...bookinfo,
        rule(
          {},
          { ownerReferences: [{ apiVersion: 'flagger.app/v1beta1', kind: 'Canary', name: 'ratings', uid: '1' }] },
        ),
      ],
      {},
    ],
    [
      'Argo CD manages it',
      'warning OWNED',
      [...bookinfo, rule({}, { annotations: { 'argocd.argoproj.io/tracking-id': 'x' } })],
      {},
    ],
    [
      'several VirtualServices name the host',
      'warning OTHER_VIRTUALSERVICE',
      [...bookinfo, ratingsV1, rule({}, {}, 'younger')],
      {},
    ],
    ['one is for gateways only', 'warning GATEWAY_ONLY', [...bookinfo, rule({ gateways: ['gw'] })], {}],
    ['one names an alias', 'warning HOST_ALIAS', [...bookinfo, rule({ hosts: ['ratings.default'] })], {}],
    [
      'a route leads elsewhere',
      'warning ROUTE_ELSEWHERE',
      [
        ...bookinfo,
        rule({ http: [{ match: [{ uri: { prefix: '/x' } }], route: [{ destination: { host: 'reviews' } }] }, toV1] }),
      ],
      {},
    ],
    [
      'a route is split with another service',
      'warning ROUTE_SPLIT',
      [
        ...bookinfo,
        rule({
          http: [
            {
              route: [
                { weight: 1, ...v1 },
                { weight: 1, destination: { host: 'reviews' } },
              ],
            },
          ],
        }),
      ],
      {},
    ],
    [
      'a route has a timeout of its own',
      'warning ROUTE_TIMEOUT_BLIND',
      [...bookinfo, rule({ http: [{ ...toV1, timeout: '2s' }] })],
      {},
    ],
    ['the control plane is down', 'error CONTROL_PLANE_DOWN', replaced('istiod-1', istiod(false)), {}],
    [
      'the control plane is not in this cluster',
      'warning CONTROL_PLANE_UNSEEN',
      bookinfo.filter(({ metadata }) => metadata.name !== 'istiod-1'),
      {},
    ],
    [
      'a pod has two proxies',
      'warning DOUBLE_INJECTION',
      [...bookinfo, pod('twice', {}, { spec: { containers: [{ name: 'istio-proxy' }, { name: 'istio-proxy' }] } })],
      {},
    ],
    ['a subset is not defined', 'warning SUBSET_MISSING', [...bookinfo, ratingsV1, noSubsets], {}],
  ])('notices that %s', async (_what, code, objects, spec) => {
    const { codes } = await findings(objects, spec);
    expect(codes).toContain(code);
  });

  it('finds nothing wrong with Bookinfo', async () => {
    const subsets = {
      apiVersion: 'networking.istio.io/v1',
      kind: 'DestinationRule',
      metadata: { name: 'ratings', namespace: 'default' },
      spec: { host: 'ratings', subsets: [{ name: 'v1', labels: { version: 'v1' } }] },
    };
    expect((await findings([...bookinfo, ratingsV1, subsets])).codes).toEqual([]);
  });

  it('copies a route with a fault when told to replace it, and leaves the original alone', async () => {
    const own = { ...toV1, fault: { abort: { httpStatus: 500, percentage: { value: 1 } } } };
    const { codes, plan } = await findings([...bookinfo, rule({ http: [own] })], { replace: true });
    expect(codes.filter((code) => code.startsWith('error'))).toEqual([]);
    expect(plan.changes[0]?.diff).not.toContain('-          httpStatus: 500');
  });

  it('refuses an object that another run marked, and names that run', async () => {
    const created = { body: '', routes: [], labels: '', annotations: '' };
    const held = addRecord(ratingsV1, { v: 1, run: 'r0', id: 'setup', undo: 'delete-if-ours', created });
    const { found } = await findings([...bookinfo, held]);
    expect(found[0]).toMatchObject({ code: 'FOREIGN_RECORD', where: 'VirtualService default/ratings' });
    expect(found[0]?.message).toContain('run r0');
  });

  it('refuses annotations that would outgrow what Kubernetes allows', async () => {
    const { codes } = await findings([...bookinfo, rule({}, { annotations: { big: 'x'.repeat(256 * 1024 - 100) } })]);
    expect(codes).toContain('error OBJECT_UNFIT');
  });

  it('refuses a delegate that several VirtualServices share, and uses one that they do not', async () => {
    const root = (name: string) => rule({ http: [{ delegate: { name: 'inner' } }] }, {}, name);
    const inner = virtualService('inner', { http: [toV1] });
    const shared = await findings([
      ...bookinfo,
      root('a'),
      rule({ hosts: ['x'], http: [{ delegate: { name: 'inner' } }] }, {}, 'b'),
      inner,
    ]);
    expect(shared.codes).toContain('error DELEGATE_SHARED');
    const own = await findings([...bookinfo, root('a'), inner]);
    expect(own.plan.targets[0]).toContain('VirtualService default/inner');
  });

  it('asks for the rights that the writes and their undoing need, and for the counters', async () => {
    const allowed = ({ verb, subresource }: { verb: string; subresource?: string }) =>
      verb !== 'delete' && subresource !== 'proxy';
    const { codes, found } = await findings(bookinfo, {}, { allowed });
    expect(codes).toEqual(['error NO_RIGHTS', 'warning NO_EVIDENCE']);
    expect(found[0]?.message).toContain('may not delete virtualservices in namespace default');
    const blind = await findings(bookinfo, {}, { allowed: ({ verb }) => verb !== 'list' });
    expect(blind.codes).toEqual(['error NO_RIGHTS']);
  });

  it('says so when Istio is not there, and when the API server does not answer', async () => {
    const resources = FAKE_RESOURCES.filter(({ group }) => group !== 'networking.istio.io');
    expect((await findings(bookinfo.slice(0, 3), {}, { resources })).codes).toEqual(['error ISTIO_MISSING']);
    const down = new HoldfastError('API_UNREACHABLE', { message: 'refused' });
    const beforeRead = () => {
      throw down;
    };
    await expect(findings(bookinfo, {}, { beforeRead })).rejects.toBe(down);
  });

  it('takes the VirtualService that the namespace of the callers uses, one for each namespace', async () => {
    const elsewhere = {
      ...pod('batch-1', { app: 'reviews' }),
      metadata: { name: 'batch-1', namespace: 'batch', labels: { app: 'reviews' } },
    };
    const host = 'ratings.default.svc.cluster.local';
    const theirs = virtualService(
      'private',
      { hosts: [host], http: [{ route: [{ destination: { host } }] }], exportTo: ['.'] },
      { namespace: 'batch' },
    );
    const { plan } = await findings([...bookinfo, ratingsV1, elsewhere, theirs], { from: { app: 'reviews' } });
    expect(plan.lockKeys.toSorted()).toEqual(['vs:batch/private', 'vs:default/ratings']);
  });
});
