import { setTimeout as wait } from 'node:timers/promises';
import { createStore } from '../../src/sandbox/api-server/store.ts';
import { createNetwork } from '../../src/sandbox/wire/create-network.ts';
import { createMesh } from '../../src/sandbox/mesh/create-mesh.ts';
import type { MeshPod, Proxy } from '../../src/sandbox/mesh/mesh.ts';
import type { SandboxOptions } from '../../src/sandbox/options.ts';
import type { StoredObject } from '../../src/sandbox/store.ts';
import { startBackend, type Backend } from './backend.ts';
import { httpGet, type HttpAnswer, type HttpQuestion } from './http-get.ts';

const NETWORKING = 'networking.istio.io/v1';
const RESOURCES: Readonly<Record<string, string>> = {
  VirtualService: 'virtualservices.networking.istio.io',
  DestinationRule: 'destinationrules.networking.istio.io',
  Gateway: 'gateways.networking.istio.io',
  Service: 'services',
  EndpointSlice: 'endpointslices.discovery.k8s.io',
  Pod: 'pods',
};

export interface Workload {
  readonly pod: MeshPod;
  readonly backend: Backend;
  readonly proxy: Proxy;
}

/** A mesh on a bare store: pods with sidecars in front of small servers, configured object by object. */
export async function createMeshWorld(options: Partial<SandboxOptions> & { accessLog?: (line: string) => void } = {}) {
  const { accessLog, ...given } = options;
  const settings: SandboxOptions = {
    istioMinor: 24,
    seed: 7,
    propagationMs: 10,
    scenario: 'empty',
    chaosblade: 'none',
    ...given,
  };
  const store = createStore();
  const network = createNetwork();
  const mesh = createMesh({ store, network, options: settings, ...(accessLog ? { accessLog } : {}) });
  const backends: Backend[] = [];
  let nextIp = 1;

  const apply = (object: StoredObject): void => {
    const resource = RESOURCES[object.kind] ?? '';
    const { name, namespace } = object.metadata;
    if (store.get(resource, namespace, name)) store.update(resource, object);
    else store.create(resource, object);
  };

  /** Adds a pod `<service>-<version>` with a sidecar, and makes it an endpoint of its Service. */
  const workload = async (service: string, version = 'v1', namespace = 'default', port = 9080): Promise<Workload> => {
    const name = `${service}-${version}`;
    const ip = `10.244.0.${nextIp++}`;
    const pod: MeshPod = { name, namespace, ip, labels: { app: service, version }, workload: name };
    const backend = await startBackend(name);
    backends.push(backend);
    const proxy = await mesh.sidecar(pod, new Map([[port, backend.port]]));
    network.bind(ip, port, proxy.inboundPorts.get(port) ?? 0);
    apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, labels: { ...pod.labels } }, spec: {} });
    apply(serviceObject(service, namespace, port));
    apply(sliceObject(service, pod, port));
    return { pod, backend, proxy };
  };

  return {
    store,
    network,
    mesh,
    apply,
    workload,
    virtualService: (name: string, spec: object, namespace = 'default') =>
      apply({ apiVersion: NETWORKING, kind: 'VirtualService', metadata: { name, namespace }, spec }),
    destinationRule: (name: string, spec: object, namespace = 'default') =>
      apply({ apiVersion: NETWORKING, kind: 'DestinationRule', metadata: { name, namespace }, spec }),
    gatewayObject: (name: string, spec: object, namespace = 'default') =>
      apply({ apiVersion: NETWORKING, kind: 'Gateway', metadata: { name, namespace }, spec }),
    /** Starts an ingress gateway on container ports 8080 and 15021, behind a Service with 80 -> 8080. */
    ingress: async (): Promise<Proxy> => {
      const labels = { istio: 'ingressgateway', app: 'istio-ingressgateway' };
      const pod = {
        name: 'ingress-1',
        namespace: 'istio-system',
        ip: '10.244.9.1',
        labels,
        workload: 'istio-ingressgateway',
      };
      const ports = [{ name: 'http2', port: 80, targetPort: 8080 }];
      const metadata = { name: 'istio-ingressgateway', namespace: 'istio-system' };
      apply({ apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: labels, ports } });
      return mesh.gateway(pod, [8080, 15_021]);
    },
    /** Waits until every proxy follows what was applied before. */
    settled: () => settled(settings.propagationMs),
    close: async () => {
      await mesh.close();
      await Promise.all(backends.map((backend) => backend.kill()));
    },
  };
}

export type MeshWorld = Awaited<ReturnType<typeof createMeshWorld>>;

/** A call as the application beside a sidecar makes it. */
export function callFrom(
  { proxy }: Workload,
  host: string,
  call: HttpQuestion & { path?: string } = {},
): Promise<HttpAnswer> {
  const headers = { host, ...call.headers };
  return httpGet(`http://127.0.0.1:${proxy.outboundPort}${call.path ?? '/'}`, { ...call, headers });
}

/** The proxy's metric lines with this name that carry all these labels. */
export async function metricLines(
  proxy: Proxy,
  name: string,
  labels: Readonly<Record<string, string>>,
): Promise<string[]> {
  const { body } = await httpGet(`http://127.0.0.1:${proxy.metricsPort}/stats/prometheus`);
  return body
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`))
    .filter((line) => Object.entries(labels).every(([key, value]) => line.includes(`${key}="${value}"`)));
}

/** The sum of these metric lines' values. */
export async function metricSum(proxy: Proxy, name: string, labels: Readonly<Record<string, string>>): Promise<number> {
  const lines = await metricLines(proxy, name, labels);
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

/**
 * Propagation is time by definition, and nothing else tells that a proxy has switched. Several short
 * waits instead of a long one: after a stall of the process, timers that were set earlier still come first.
 */
async function settled(propagationMs: number): Promise<void> {
  for (let round = 0; round < 4; round += 1) await wait(propagationMs / 2 + 5);
}

function serviceObject(name: string, namespace: string, port: number): StoredObject {
  const spec = { selector: { app: name }, ports: [{ name: 'http', port, targetPort: port }] };
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec };
}

function sliceObject(service: string, pod: MeshPod, port: number): StoredObject {
  const { name, namespace } = pod;
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${service}-${name}`, namespace, labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    ports: [{ name: 'http', port }],
    endpoints: [{ addresses: [pod.ip], conditions: { ready: true }, targetRef: { kind: 'Pod', name, namespace } }],
  };
}
