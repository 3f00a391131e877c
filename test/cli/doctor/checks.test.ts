import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkApiServer } from '../../../src/cli/doctor/api-server.ts';
import { checkChaosBlade } from '../../../src/cli/doctor/chaosblade.ts';
import { checkIngress } from '../../../src/cli/doctor/ingress.ts';
import { checkIstio } from '../../../src/cli/doctor/istio.ts';
import { checkOpenFiles } from '../../../src/cli/doctor/open-files.ts';
import { checkOwners } from '../../../src/cli/doctor/owners.ts';
import { checkSidecars } from '../../../src/cli/doctor/sidecars.ts';
import type { KubernetesObject } from '../../../src/model/kubernetes.ts';
import { driverContext } from '../../helpers/driver-context.ts';
import { createFakeCluster, type FakeClusterOptions } from '../../helpers/fake-cluster.ts';
import { FAKE_RESOURCES } from '../../helpers/fake-resources.ts';
import { operatorPods, workloads } from '../../helpers/blade-world.ts';
import { bookinfo, istiod, pod, ratingsV1 } from '../../helpers/istio-world.ts';
import { systemClock } from '../../../src/engine/clock.ts';

const on = (objects: readonly KubernetesObject[], options: FakeClusterOptions = {}) =>
  driverContext(createFakeCluster(objects, options));
const short = (checks: readonly { level: string; code?: string }[]) =>
  checks.map(({ level, code }) => (code === undefined ? level : `${level} ${code}`));
const bare = { spec: { containers: [{ name: 'app' }] } };

describe('the clock', () => {
  const at = (offset: number) => {
    const context = on([], { serverTime: () => context.clock.wall().getTime() + offset });
    return checkApiServer(context);
  };

  it.each([
    [0, 'ok'],
    [-999, 'ok'],
    [-2_900, 'ok'],
    [1_900, 'ok'],
    [-4_000, 'warning CLOCK_SKEW'],
    [30_000, 'warning CLOCK_SKEW'],
  ])('of the API server, %i ms from the one here, is %s', async (offset, level) => {
    expect(short(await at(offset))).toEqual(['ok', level]);
  });

  it('is not judged where the API server does not say', async () => {
    expect(short(await checkApiServer(on([])))).toEqual(['ok', 'not-looked-at']);
  });

  it('says by how much, and which way', async () => {
    expect((await at(60_000))[1]?.detail).toBe('The clock of the API server is 60 s ahead of the one here.');
    expect((await at(-61_000))[1]?.detail).toBe('The clock of the API server is 60 s behind the one here.');
  });
});

describe('the limit of open files', () => {
  it.each([
    [0, 20_000, 'ok'],
    [0, Number.POSITIVE_INFINITY, 'ok'],
    [0, 256, 'warning OPEN_FILES_LOW'],
    [2_000, 1_024, 'error OPEN_FILES_LOW'],
    [900, 1_024, 'ok'],
    [1_000, 1_064, 'ok'],
    [100, 256, 'warning OPEN_FILES_LOW'],
  ])('with %i requests under way and a limit of %i is %s', (needed, limit, level) => {
    expect(short([checkOpenFiles(needed, limit)])).toEqual([level]);
  });

  it('of this very process is known', () => {
    expect(checkOpenFiles(0).detail).toMatch(/^This process may open (?:\d+|any number)/);
  });
});

describe('Istio', () => {
  it('is told by the image of its control plane', async () => {
    const [first, second] = await checkIstio(on([...bookinfo]));
    expect(first?.detail).toBe('Istio 1.24.2; VirtualServices are served as v1.');
    expect(second).toMatchObject({ level: 'ok', detail: '1 of 1 istiod pods are ready.' });
  });

  it('that is not installed, or whose control plane is down, is an error', async () => {
    const resources = FAKE_RESOURCES.filter(({ group }) => group !== 'networking.istio.io');
    expect(short(await checkIstio(on([], { resources })))).toEqual(['error ISTIO_MISSING']);
    expect(short(await checkIstio(on([istiod(false)])))).toContain('error CONTROL_PLANE_DOWN');
  });
});

describe('sidecars', () => {
  const labelled = (name: string, labels: Record<string, string>): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels },
  });
  const inside = (namespace: string, name: string, extra = {}): KubernetesObject => {
    const object = pod(name, { app: name }, extra);
    return { ...object, metadata: { ...object.metadata, namespace } };
  };

  it('are counted in each namespace of the mesh; the others are named', async () => {
    const checks = await checkSidecars(on([...bookinfo, labelled('shop', {}), inside('shop', 'till', bare)]));
    expect(checks.map(({ what, level, detail }) => [what, level, detail])).toEqual([
      ['sidecars in default', 'ok', '3 of 3 running pods have a sidecar.'],
      ['outside of the mesh', 'ok', 'No pod has a sidecar in shop.'],
    ]);
  });

  it('that are missing where they are asked for are named, unless the pod refuses', async () => {
    const refuses = { ...pod('out', { 'sidecar.istio.io/inject': 'false' }, bare) };
    expect(short(await checkSidecars(on([...bookinfo, refuses])))).toEqual(['ok']);
    const checks = await checkSidecars(on([...bookinfo, pod('late', {}, bare)]));
    expect(short(checks)).toEqual(['warning POD_NOT_INJECTED']);
    expect(checks[0]?.detail).toContain('late runs without');
  });

  it('that are there twice, or nowhere, are told; so are pods in ambient mode', async () => {
    const twice = pod('twice', {}, { spec: { containers: [{ name: 'istio-proxy' }, { name: 'istio-proxy' }] } });
    expect(short(await checkSidecars(on([...bookinfo, twice])))).toEqual(['warning DOUBLE_INJECTION']);
    expect(short(await checkSidecars(on([inside('shop', 'till', bare)])))).toEqual(['warning NO_SIDECAR']);
    const ambient = [labelled('shop', { 'istio.io/dataplane-mode': 'ambient' }), inside('shop', 'till', bare)];
    expect(short(await checkSidecars(on(ambient)))).toEqual(['warning AMBIENT']);
  });
});

describe('ChaosBlade', () => {
  it('is looked at where it is installed', async () => {
    expect(short(await checkChaosBlade(on([...workloads, ...operatorPods()])))).toEqual(['ok', 'ok']);
    expect(short(await checkChaosBlade(on(workloads)))).toEqual(['warning OPERATOR_MISSING']);
    expect(short(await checkChaosBlade(on([...workloads, ...operatorPods('latest')])))).toEqual([
      'warning OPERATOR_UNKNOWN',
      'ok',
    ]);
    const oneTool = operatorPods().filter(({ metadata }) => metadata.name !== 'chaosblade-tool-2');
    expect(short(await checkChaosBlade(on([...workloads, ...oneTool])))).toEqual(['ok', 'warning TOOL_MISSING']);
  });

  it('that is not installed is not looked at; one without status is not well', async () => {
    const without = FAKE_RESOURCES.filter(({ group }) => group !== 'chaosblade.io');
    expect(short(await checkChaosBlade(on([], { resources: without })))).toEqual(['not-looked-at']);
    const stale = FAKE_RESOURCES.map((it) => (it.group === 'chaosblade.io' ? { ...it, subresources: [] } : it));
    expect(short(await checkChaosBlade(on([], { resources: stale })))).toEqual(['warning BLADE_MISSING']);
  });
});

describe('owners of rules', () => {
  it('are named, and Canaries counted', async () => {
    const owner = { apiVersion: 'flagger.app/v1beta1', kind: 'Canary', name: 'ratings', uid: '1' };
    const owned = { ...ratingsV1, metadata: { ...ratingsV1.metadata, ownerReferences: [owner] } };
    expect(short(await checkOwners(on([ratingsV1])))).toEqual(['ok', 'ok']);
    expect(short(await checkOwners(on([owned])))).toEqual(['warning FLAGGER_OWNED', 'ok']);
  });
});

describe('the ingress', () => {
  const server = createServer((request, response) => {
    response.statusCode = request.method === 'HEAD' ? 404 : 500;
    response.end();
  });
  const silent = createServer(() => {});
  let ports: { readonly answers: number; readonly silent: number };
  beforeAll(async () => {
    for (const one of [server, silent]) await new Promise<void>((done) => one.listen(0, '127.0.0.1', done));
    silent.on('connection', (socket) => socket.end());
    ports = { answers: (server.address() as AddressInfo).port, silent: (silent.address() as AddressInfo).port };
  });
  afterAll(() => {
    server.close();
    silent.close();
  });

  const gatewayAt = (port: number): KubernetesObject[] => {
    const labels = { istio: 'ingressgateway' };
    const gateway = pod('gw-1', labels, {
      status: { phase: 'Running', hostIP: '127.0.0.1', conditions: [{ type: 'Ready', status: 'True' }] },
    });
    return [
      {
        apiVersion: 'networking.istio.io/v1',
        kind: 'Gateway',
        metadata: { name: 'gw', namespace: 'default' },
        spec: { selector: labels, servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }] },
      },
      gateway,
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'gw', namespace: 'default' },
        spec: {
          type: 'NodePort',
          selector: labels,
          ports: [{ name: 'http2', port: 80, targetPort: 8080, nodePort: port }],
        },
      },
    ];
  };
  const look = (objects: readonly KubernetesObject[]) => checkIngress({ ...on(objects), clock: systemClock });

  it('is well when it answers, whatever it says', async () => {
    const [check] = await look(gatewayAt(ports.answers));
    expect(check).toMatchObject({ what: 'ingress default/gw', level: 'ok' });
    expect(check?.detail).toContain(`HEAD / is answered with 404 at http://127.0.0.1:${ports.answers}`);
  });

  it('is not well when it takes connections and says nothing, or when nobody is there', async () => {
    expect(short(await look(gatewayAt(ports.silent)))).toEqual(['error INGRESS_DOWN']);
    expect(short(await look(gatewayAt(9)))).toEqual(['error INGRESS_DOWN']);
    expect(short(await look([]))).toEqual(['warning NO_GATEWAY']);
  });
});
