import type { Network } from '../network.ts';
import type { Store } from '../store.ts';
import type { EndpointSlice, Service } from './kinds.ts';

/** What cluster DNS and kube-proxy do for connections that no sidecar handles. */
export interface ServiceRoutes {
  /** By a name as an application in `namespace` writes it. */
  byHost(namespace: string, host: string, port: number): number | undefined;
  byService(namespace: string, service: string, port: number): number | undefined;
}

/** Loopback ports of ready pods behind a service, one of them at random; undefined when there is none. */
export function createServiceRoutes(store: Store, network: Network, random: () => number): ServiceRoutes {
  function byService(namespace: string, name: string, port: number): number | undefined {
    const service = store.get('services', namespace, name) as Service | undefined;
    const index = service?.spec.ports?.findIndex((each) => each.port === port) ?? -1;
    if (!service || index < 0) return undefined;
    const live = slicesOf(store, namespace, name).flatMap(({ endpoints, ports }) =>
      endpoints
        .filter(({ conditions }) => conditions?.ready === true)
        .flatMap(({ addresses }) => network.lookup(addresses[0] ?? '', ports[index]?.port ?? 0) ?? []),
    );
    return live[Math.floor(random() * live.length)];
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
