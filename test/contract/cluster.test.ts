import { get } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cluster, Resource, WatchEvent } from '../../src/cluster/cluster.ts';
import { connect } from '../../src/cluster/connect.ts';
import { discoverIngress } from '../../src/cluster/discover-ingress.ts';
import { acquireLease } from '../../src/cluster/lease.ts';
import { listLeases } from '../../src/cluster/lease/list-leases.ts';
import { thisHolder } from '../../src/cluster/lease/this-holder.ts';
import { systemClock } from '../../src/engine/clock.ts';
import type { KubernetesObject } from '../../src/model/kubernetes.ts';
import { startTestSandbox, type TestSandbox } from '../helpers/start-sandbox.ts';
import { until } from '../helpers/until.ts';

const NAMESPACE = 'default';

let sandbox: TestSandbox;
let cluster: Cluster;
let virtualServices: Resource;
let pods: Resource;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  const { kubeconfigPath: kubeconfig, context } = sandbox;
  cluster = await connect({ kubeconfig, context, env: {}, clock: systemClock });
  virtualServices = await resource('networking.istio.io', 'virtualservices');
  pods = await resource('', 'pods');
});
afterAll(async () => {
  await cluster.close();
  await sandbox.close();
});

async function resource(group: string, plural: string): Promise<Resource> {
  const found = await cluster.resource(group, plural);
  if (found === undefined) throw new Error(`${plural} are not served`);
  return found;
}

function virtualService(name: string, route: object = {}): KubernetesObject {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { namespace: NAMESPACE, name },
    spec: { hosts: [`${name}.test`], http: [{ route: [{ destination: { host: 'ratings' } }], ...route }] },
  };
}

describe('the door to a cluster', () => {
  it('finds what is served in the version the server prefers, and says what is not', async () => {
    expect(virtualServices).toMatchObject({
      group: 'networking.istio.io',
      version: 'v1',
      kind: 'VirtualService',
      plural: 'virtualservices',
      namespaced: true,
    });
    await expect(cluster.resource('nowhere.test', 'things')).resolves.toBeUndefined();
    await expect(
      cluster.resourceOf({ apiVersion: 'networking.istio.io/v1beta1', kind: 'Gateway' }),
    ).resolves.toMatchObject({ version: 'v1beta1', plural: 'gateways' });
    await expect(cluster.resourceOf({ apiVersion: 'v1', kind: 'Gateway' })).rejects.toMatchObject({
      code: 'API_NOT_FOUND',
      message: 'This cluster does not serve Gateway (v1).',
    });
  });

  it('creates, reads, replaces and removes an object, and refuses a stale write', async () => {
    const key = { namespace: NAMESPACE, name: 'crud' };
    const { object } = await cluster.create(virtualServices, virtualService('crud'));
    const labelled = { ...object, metadata: { ...object.metadata, labels: { a: 'b' } } };
    await cluster.replace(virtualServices, labelled);
    await expect(cluster.replace(virtualServices, labelled)).rejects.toMatchObject({ code: 'API_CONFLICT' });
    await expect(cluster.create(virtualServices, virtualService('crud'))).rejects.toMatchObject({
      code: 'API_CONFLICT',
      message: expect.stringContaining('exists already') as string,
    });
    const listed = await cluster.list(virtualServices, { labelSelector: 'a=b' });
    expect(listed.map((each) => [each.kind, each.metadata.name])).toEqual([['VirtualService', 'crud']]);
    await expect(cluster.remove(virtualServices, key, { uid: 'another' })).rejects.toMatchObject({
      code: 'API_CONFLICT',
    });
    await cluster.remove(virtualServices, key);
    await cluster.remove(virtualServices, key);
    await expect(cluster.read(virtualServices, key)).resolves.toBeUndefined();
  });

  it('brings the words of every layer that refuses or warns', async () => {
    const refused = (route: object) => cluster.create(virtualServices, virtualService('refused', route));
    await expect(refused({ timeuot: '1s' })).rejects.toMatchObject({
      code: 'API_REFUSED',
      details: { status: 400 },
      message: expect.stringContaining('unknown field "spec.http[0].timeuot"') as string,
    });
    await expect(refused({ timeout: '0s' })).rejects.toMatchObject({
      details: { status: 422 },
      message: expect.stringContaining('spec.http[0].timeout: Invalid value') as string,
    });
    await expect(refused({ fault: { abort: { httpStatus: 99 } } })).rejects.toMatchObject({
      details: { status: 400 },
      message:
        'An admission webhook refused it: admission webhook "rev.validation.istio.io" denied the request: configuration is invalid: HTTP status 99 is not in range 200-599',
    });
    const { warnings } = await cluster.create(virtualServices, virtualService('warned', { fault: { abort: {} } }));
    expect(warnings).toEqual(['abort configured, but error type not set']);
    await cluster.remove(virtualServices, { namespace: NAMESPACE, name: 'warned' });
  });

  it('watches what is there and what changes until it is stopped', async () => {
    const events: string[] = [];
    const controller = new AbortController();
    const onEvent = ({ type, object }: WatchEvent): void => void events.push(`${type} ${object.metadata.name}`);
    await cluster.create(virtualServices, virtualService('before'));
    const fieldSelector = 'metadata.namespace=default';
    const watching = cluster.watch(virtualServices, { fieldSelector, signal: controller.signal }, onEvent);
    await until('what was there is told', () => events.includes('ADDED before'));
    await cluster.create(virtualServices, virtualService('after'));
    for (const name of ['before', 'after']) await cluster.remove(virtualServices, { namespace: NAMESPACE, name });
    await until('the last event is told', () => events.includes('DELETED after'));
    controller.abort();
    await watching;
    expect(events.filter((event) => /before|after/.test(event))).toEqual([
      'ADDED before',
      'ADDED after',
      'DELETED before',
      'DELETED after',
    ]);
  });

  it('asks for rights, and reaches pods through proxy and port-forward', async () => {
    await expect(
      cluster.allowed({
        verb: 'update',
        group: 'networking.istio.io',
        resource: 'virtualservices',
        namespace: NAMESPACE,
      }),
    ).resolves.toBe(true);
    const [ratings] = await cluster.list(pods, { namespace: NAMESPACE, labelSelector: 'app=ratings' });
    const pod = { namespace: NAMESPACE, name: ratings?.metadata.name ?? '' };
    await expect(cluster.podProxyGet(pod, 9080, '/ratings/0')).resolves.toMatchObject({ status: 200 });
    await expect(cluster.podProxyGet(pod, 15020, '/stats/prometheus')).resolves.toMatchObject({ status: 200 });
    await expect(cluster.podProxyGet({ ...pod, name: 'ghost' }, 9080, '/')).rejects.toMatchObject({
      code: 'API_NOT_FOUND',
    });
    const forward = await cluster.portForward(pod, 9080);
    expect(await httpStatus(`http://${forward.host}:${forward.port}/ratings/0`)).toBe(200);
    expect(await httpStatus(`http://${forward.host}:${forward.port}/health`)).toBe(200);
    await forward.close();
    await expect(cluster.portForward({ ...pod, name: 'ghost' }, 9080)).rejects.toMatchObject({ code: 'API_REFUSED' });
    const signal = AbortSignal.abort(new Error('stopped'));
    await expect(cluster.portForward(pod, 9080, { signal })).rejects.toThrow('stopped');
  });

  it('locks, lists locks and frees them', async () => {
    const { signal } = new AbortController();
    const holder = thisHolder('run-1');
    const options = { cluster, clock: systemClock, holder, signal };
    const lease = await acquireLease({ ...options, key: 'vs:default/ratings' });
    await expect(acquireLease({ ...options, key: 'vs:default/ratings' })).rejects.toMatchObject({ code: 'LOCKED' });
    await expect(listLeases(options)).resolves.toMatchObject([{ key: 'vs:default/ratings', isDead: false }]);
    await lease.release();
    await expect(listLeases(options)).resolves.toEqual([]);
  });

  it('finds the ingress of Bookinfo, and a request there is answered', async () => {
    const { signal } = new AbortController();
    const ingress = await discoverIngress({ cluster, ingress: {}, namespace: NAMESPACE, signal, clock: systemClock });
    expect(`http://${ingress.address}:${ingress.port}`).toBe(sandbox.ingressUrl);
    expect(ingress.how).toMatch(/node port \d+ of Service istio-system\/istio-ingressgateway/);
    expect(await httpStatus(`${sandbox.ingressUrl}/productpage`)).toBe(200);
  });
});

function httpStatus(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, { agent: false }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode ?? 0));
    }).once('error', reject);
  });
}
