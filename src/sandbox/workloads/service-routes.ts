import type { Address, Network } from '../network.ts';
import type { Store } from '../store.ts';
import type { EndpointSlice, Service } from './kinds.ts';

/** A ready pod's port, and the cluster address by which the Service was asked. */
export interface ServiceBackend {
  readonly pod: Address;
  readonly service: Address;
}

/** What cluster DNS and kube-proxy do for connections that no sidecar handles. */
export interface ServiceRoutes {
  /** By a name as an application in `namespace` writes it. */
  byHost(namespace: string, host: string, port: number): ServiceBackend | undefined;
  byService(namespace: string, service: string, port: number): ServiceBackend | undefined;
}

/** Ready pods behind a service, one of them at random; undefined when there is none. */
export function createServiceRoutes(store: Store, network: Network, random: () => number): ServiceRoutes {
  function byService(namespace: string, name: string, port: number): ServiceBackend | undefined {
    const service = store.get('services', namespace, name) as Service | undefined;
    const index = service?.spec.ports?.findIndex((each) => each.port === port) ?? -1;
    if (!service || index < 0) return undefined;
    const live = slicesOf(store, namespace, name).flatMap(({ endpoints, ports }) =>
      endpoints
        .filter(({ conditions }) => conditions?.ready === true)
        .map(({ addresses }) => ({ ip: addresses[0] ?? '', port: ports[index]?.port ?? 0 }))
        .filter((pod) => network.lookup(pod.ip, pod.port) !== undefined),
    );
    const pod = live[Math.floor(random() * live.length)];
    return pod && { pod, service: { ip: service.spec.clusterIP ?? '', port } };
  }

  return {
    byService,
    byHost(namespace, host, port) {
      const [name = '', ownNamespace = namespace, ...rest] = host.split('.');
      const isServiceName = ['', 'svc', 'svc.cluster.local'].includes(rest.join('.'));
      return isServiceName ? byService(ownNamespace, name, port) : undefined;
    },
  };
}

function slicesOf(store: Store, namespace: string, service: string): EndpointSlice[] {
  const all = store.list('endpointslices.discovery.k8s.io', namespace) as EndpointSlice[];
  return all.filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === service);
}
