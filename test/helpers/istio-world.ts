import type { Experiment } from '../../src/model/experiment.ts';
import type { IstioFault, IstioFaultSpec } from '../../src/model/fault.ts';
import type { KubernetesObject } from '../../src/model/kubernetes.ts';

type Json = Readonly<Record<string, unknown>>;

/** A VirtualService in `default` unless the metadata says otherwise. */
export function virtualService(name: string, spec: Json, metadata: Json = {}): KubernetesObject {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name, namespace: 'default', ...metadata },
    spec,
  };
}

/** A running pod with a sidecar, labelled `app`. */
export function pod(name: string, labels: Readonly<Record<string, string>>, extra: Json = {}): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels },
    spec: { containers: [{ name: 'app' }, { name: 'istio-proxy' }] },
    status: { phase: 'Running' },
    ...extra,
  };
}

/** A Service with one ready endpoint. */
export function service(name: string, port: Json = { name: 'http', port: 9080 }, ready = true): KubernetesObject[] {
  const metadata = { name, namespace: 'default' };
  return [
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: { app: name }, ports: [port] } },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...metadata, name: `${name}-abc`, labels: { 'kubernetes.io/service-name': name } },
      endpoints: [{ addresses: ['10.244.0.5'], conditions: { ready } }],
    },
  ];
}

/** The control plane's pod, ready unless told otherwise. */
export function istiod(ready = true): KubernetesObject {
  const metadata = { name: 'istiod-1', namespace: 'istio-system', labels: { app: 'istiod' } };
  const containers = [{ name: 'discovery', image: 'docker.io/istio/pilot:1.24.2' }];
  const conditions = [{ type: 'Ready', status: ready ? 'True' : 'False' }];
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers }, status: { phase: 'Running', conditions } };
}

/** Bookinfo as far as a fault on ratings is concerned: productpage and reviews call, everybody has a sidecar. */
export const bookinfo: readonly KubernetesObject[] = [
  {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'default', labels: { 'istio-injection': 'enabled' } },
  },
  ...service('ratings'),
  ...service('reviews'),
  istiod(),
  pod('productpage-v1-1', { app: 'productpage' }),
  pod('reviews-v2-1', { app: 'reviews', version: 'v2' }),
  pod('ratings-v1-1', { app: 'ratings', version: 'v1' }),
];

/** The task's VirtualService: everything to v1. */
export const ratingsV1 = virtualService('ratings', {
  hosts: ['ratings'],
  http: [{ route: [{ destination: { host: 'ratings', subset: 'v1' } }] }],
});

/** A 7 s delay on ratings unless told otherwise. */
export function fault(spec: Partial<IstioFaultSpec> = {}, name = 'slow ratings'): IstioFault {
  const delay = spec.abort === undefined ? { delay: { fixedDelay: 7000, percentage: 100 } } : {};
  return {
    name,
    startAfter: 0,
    line: 1,
    spec: { driver: 'istio', service: 'ratings', gateway: false, match: {}, replace: false, ...delay, ...spec },
  };
}

/** An experiment in `default` around these faults. */
export function experiment(...faults: readonly IstioFault[]): Experiment {
  return {
    name: 'ratings-delay',
    labels: {},
    description: '',
    source: { file: 'x.yaml', line: 1, column: 1 },
    namespace: 'default',
    ingress: {},
    sessions: {},
    setup: [],
    phases: { baseline: 1000, fault: 1000, recovery: { within: 1000, stable: 100 } },
    hypothesis: [],
    faults,
  };
}

/** What a proxy at port 15020 says about its calls to a service. */
export function proxyMetrics(serviceName: string, counts: Readonly<Record<string, number>>): string {
  const series = Object.entries(counts).map(
    ([flags, count]) =>
      `istio_requests_total{reporter="source",source_workload="x",destination_service="${serviceName}.default.svc.cluster.local",` +
      `destination_service_name="${serviceName}",destination_service_namespace="default",response_code="200",response_flags="${flags}"} ${count}`,
  );
  return ['# TYPE istio_requests_total counter', ...series, ''].join('\n');
}
