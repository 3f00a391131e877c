import { describe, expect, it } from 'vitest';
import { createIstioDriver } from '../../../src/faults/istio/istio-driver.ts';
import type { Experiment } from '../../../src/model/experiment.ts';
import type { IstioFaultSpec } from '../../../src/model/fault.ts';
import type { HypothesisProbe } from '../../../src/model/hypothesis.ts';
import type { KubernetesObject } from '../../../src/model/kubernetes.ts';
import { aProbe } from '../../helpers/an-experiment.ts';
import { driverContext } from '../../helpers/driver-context.ts';
import { createFakeCluster } from '../../helpers/fake-cluster.ts';
import { bookinfo, experiment, fault, istiod, pod, service, virtualService } from '../../helpers/istio-world.ts';

const toPage = { route: [{ destination: { host: 'productpage' } }] };
const gateway: KubernetesObject = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'Gateway',
  metadata: { name: 'door', namespace: 'default' },
  spec: { selector: { istio: 'ingressgateway' }, servers: [{ port: { number: 80 }, hosts: ['*'] }] },
};
const world = [
  ...bookinfo,
  ...service('productpage'),
  gateway,
  pod('door-1', { istio: 'ingressgateway' }, { spec: { containers: [{ name: 'istio-proxy' }] } }),
];

function entrance(...http: readonly Readonly<Record<string, unknown>>[]): KubernetesObject {
  return virtualService('entrance', { hosts: ['*'], gateways: ['door'], http });
}

function probe(path: string, timeout = 10_000, change: Partial<HypothesisProbe> = {}): HypothesisProbe {
  return aProbe({ http: { ...aProbe().http, path, timeout }, ...change });
}

/** What is said about the way of the probes, by code. */
async function told(
  objects: readonly KubernetesObject[],
  {
    spec = {},
    probes = [probe('/productpage')],
    setup = [],
  }: {
    spec?: Partial<IstioFaultSpec>;
    probes?: readonly HypothesisProbe[];
    setup?: Experiment['setup'];
  },
  around: readonly KubernetesObject[] = world,
) {
  const what = fault(spec);
  const { findings } = await createIstioDriver().preflight(
    'r1',
    what,
    {
      ...experiment(what),
      hypothesis: probes,
      setup,
      places: { 'spec.faults[0]': { file: 'x.yaml', line: 9, column: 7, length: 4 } },
    },
    driverContext(createFakeCluster([...around, ...objects])),
  );
  const codes = ['RETRIES_OUTLAST_TIMEOUT', 'RETRIES_THIN', 'ENTRANCE_ELSEWHERE', 'ROUTE_TIMEOUT_BLIND'];
  return findings.filter(({ code }) => codes.includes(code));
}

const retries = (attempts: number, perTryTimeout: string, retryOn = '5xx') => ({
  retries: { attempts, perTryTimeout, retryOn },
});
const page = { uri: { exact: '/productpage' } };

describe('retries at the gateway', () => {
  it('that take longer than the timeout of their route are told, with the sum', async () => {
    const found = await told([entrance({ match: [page], ...toPage, ...retries(3, '2s'), timeout: '5s' })], {});
    expect(found.map(({ code, where }) => [code, where])).toEqual([
      ['RETRIES_OUTLAST_TIMEOUT', 'VirtualService default/entrance'],
    ]);
    expect(found[0]?.message).toContain(
      'tries up to 4 times for 2s each, 8s and the waits between them in all, but its own timeout ends it after 5s',
    );
  });

  it('that take longer than every probe that comes by waits are told', async () => {
    const rules = [entrance({ match: [page], ...toPage, ...retries(3, '2s') })];
    const [found] = await told(rules, { probes: [probe('/productpage', 7000), probe('/productpage', 6000)] });
    expect(found?.message).toContain('the timeout of every probe that comes by it ends it after 7s');
  });

  it.each([
    ['they fit', { ...retries(3, '2s'), timeout: '8s' }, probe('/productpage')],
    ['one probe waits long enough', retries(3, '2s'), probe('/productpage', 8000)],
    [
      'a try that ran into its time is not made again',
      { ...retries(3, '2s', 'connect-failure,503'), timeout: '5s' },
      probe('/productpage'),
    ],
    ['there are none', { ...retries(0, '9s'), timeout: '5s' }, probe('/productpage')],
    ['no probe comes by', { ...retries(3, '2s'), timeout: '5s' }, probe('/other')],
    [
      'the probe looks without the fault only',
      { ...retries(3, '2s'), timeout: '5s' },
      probe('/productpage', 1000, { during: ['baseline'] }),
    ],
    [
      'it is not sure that the probe comes by',
      { match: [{ ...page, headers: { cookie: { regex: '.+' } } }], ...retries(3, '2s'), timeout: '5s' },
      probe('/productpage'),
    ],
  ])('are not told when %s', async (_when, route, one) => {
    expect(await told([entrance({ match: [page], ...toPage, ...route })], { probes: [one] })).toEqual([]);
  });
});

describe('the route of the called service', () => {
  const ratings = (route: Readonly<Record<string, unknown>>) =>
    virtualService('ratings', {
      hosts: ['ratings'],
      http: [{ route: [{ destination: { host: 'ratings' } }], ...route }],
    });

  it('says in figures that its own timeout does not cut off the delay', async () => {
    const [found] = await told([ratings({ timeout: '2s' })], {});
    expect(found?.message).toContain('The delay of 7s is not cut off after 2s.');
    const [longer] = await told([ratings({ timeout: '8s' })], {});
    expect([longer?.code, longer?.message.includes('cut off')]).toEqual(['ROUTE_TIMEOUT_BLIND', false]);
  });

  it('says that its own retries do not try again what is aborted', async () => {
    const abort = { abort: { httpStatus: 503, percentage: 50 } };
    const [found] = await told([ratings({ retries: { attempts: 3, retryOn: '503' } })], { spec: abort });
    expect(found?.message).toContain('What is aborted is not tried again.');
  });

  it('has retries that are looked at too', async () => {
    const found = await told([ratings({ ...retries(2, '1s'), timeout: '2s' })], {});
    expect(found.map(({ code }) => code).sort()).toEqual(['RETRIES_OUTLAST_TIMEOUT', 'ROUTE_TIMEOUT_BLIND']);
  });
});

describe('a fault at the gateway', () => {
  const spec = { service: 'productpage', gateway: true };
  const split = entrance({ match: [page], ...toPage }, { route: [{ destination: { host: 'reviews' } }] });

  it('that no probe comes by is told at its place in the file', async () => {
    const [found] = await told([split], { spec, probes: [probe('/reviews/0')] });
    expect([found?.code, found?.where]).toEqual(['ENTRANCE_ELSEWHERE', 'x.yaml:9:7']);
  });

  it.each([
    ['a probe asks for its path', [probe('/productpage'), probe('/reviews/0')]],
    ['a probe follows redirects', [probe('/', 1000, { http: { ...aProbe().http, path: '/', followRedirects: true } })]],
    ['a probe asks another address', [probe('http://shop.example/')]],
    ['nobody looks under the fault', [probe('/reviews/0', 1000, { during: ['baseline'] })]],
  ])('is not told when %s', async (_when, probes) => {
    expect(await told([split], { spec, probes })).toEqual([]);
  });

  it('is not told when the route has a condition of which the file says nothing', async () => {
    const rules = entrance(
      { match: [{ headers: { 'x-beta': { exact: 'yes' } } }], ...toPage },
      { route: [{ destination: { host: 'reviews' } }] },
    );
    expect(await told([rules], { spec, probes: [probe('/reviews/0')] })).toEqual([]);
  });
});

describe('a share of aborted calls', () => {
  const half = { abort: { httpStatus: 503, percentage: 50 } };
  const expecting = (low: number, status = '503') =>
    probe('/productpage', 1000, {
      underFault: { statuses: { [status]: { kind: 'range', low, high: 0.6, text: '40% .. 60%' } } },
    });
  const rule = (route: Readonly<Record<string, unknown>> = {}) => entrance({ match: [page], ...toPage, ...route });
  const istio = (version: string): KubernetesObject => {
    const old = istiod();
    return {
      ...old,
      metadata: { ...old.metadata, name: 'istiod-old' },
      spec: { containers: [{ image: `istio/pilot:${version}` }] },
    };
  };
  const only = (version: string) => [...world.filter(({ metadata }) => metadata.name !== 'istiod-1'), istio(version)];

  it('that the gateway tries again comes through thinner than a probe expects', async () => {
    const [found] = await told([rule({ retries: { attempts: 1, retryOn: '5xx' } })], {
      spec: half,
      probes: [expecting(0.4)],
    });
    expect(found?.message).toContain(
      'tries such an answer again, up to 1 time: of calls that are aborted at 50 %, about 25 % come through',
    );
  });

  it('that Istio tries again by itself too, up to 1.23', async () => {
    const [found] = await told([rule()], { spec: half, probes: [expecting(0.4)] }, only('1.23.2'));
    expect(found?.message).toContain(
      'tries such an answer again, up to 2 times, as Istio does up to 1.23 when nothing is said',
    );
    expect(await told([rule()], { spec: half, probes: [expecting(0.4)] }, only('1.24.0'))).toEqual([]);
  });

  it.each([
    ['so few are expected', { attempts: 1, retryOn: '5xx' }, expecting(0.2), half],
    ['another status is tried again', { attempts: 1, retryOn: '504' }, expecting(0.4), half],
    ['it is said that nothing is', { attempts: 0 }, expecting(0.4), half],
    [
      'all calls are aborted',
      { attempts: 1, retryOn: '5xx' },
      expecting(0.4),
      { abort: { httpStatus: 503, percentage: 100 } },
    ],
    ['the probe says nothing of the status', { attempts: 1, retryOn: '5xx' }, probe('/productpage'), half],
  ])('is not told of when %s', async (_when, again, one, spec) => {
    expect(await told([rule({ retries: again })], { spec, probes: [one] })).toEqual([]);
  });
});

describe('the setup of the experiment', () => {
  const timeout = virtualService('ratings', {
    hosts: ['ratings'],
    http: [{ route: [{ destination: { host: 'ratings' } }], timeout: '2s' }],
  });
  const { namespace: _namespace, ...metadata } = timeout.metadata;
  const setup = [{ file: 'timeout.yaml', objects: [{ ...timeout, metadata }] }];

  it.each([
    ['makes the rule', []],
    [
      'changes the rule that is there',
      [virtualService('ratings', { hosts: ['ratings'], http: [{ route: [{ destination: { host: 'ratings' } }] }] })],
    ],
  ])('counts where it %s whose timeout is to be tested', async (_how, there) => {
    const [found, ...more] = await told(there, { setup });
    expect(found?.message).toContain('The delay of 7s is not cut off after 2s.');
    expect(more).toEqual([]);
  });

  it('does not count where another rule governs', async () => {
    const other = virtualService('a-ratings', {
      hosts: ['ratings'],
      http: [{ route: [{ destination: { host: 'ratings' } }] }],
    });
    expect(await told([other], { setup })).toEqual([]);
  });

  it('tells once what is there already', async () => {
    expect(await told([timeout], { setup })).toHaveLength(1);
  });
});
