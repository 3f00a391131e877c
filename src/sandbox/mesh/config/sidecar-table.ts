import { clusterName, compileClusters } from './clusters.ts';
import { routesWithDelegates } from './delegates.ts';
import { headerChanges } from './header-changes.ts';
import { hostMatches } from './hosts.ts';
import type { MeshConfig, ServicePort, VirtualService } from './objects.ts';
import { compileRetries } from './retries.ts';
import type { ProxyIdentity, Route, RouteTable, VirtualHost } from './route-table.ts';
import { compileRoutes, type RouteContext } from './routes.ts';
import { domainsOf, indexServices, speaksHttp, type IndexedService } from './service-index.ts';
import { gatewaysOf, governing, hostsOf, visibleVirtualServices } from './virtual-services.ts';

const MESH: ReadonlySet<string> = new Set(['mesh']);

/** The port on which Istio also serves hosts that are no Service. */
const PLAIN_HTTP_PORT = 80;

/** What a sidecar does with its application's outbound requests. */
export function compileSidecarTable(config: MeshConfig, proxy: ProxyIdentity): RouteTable {
  const services = indexServices(config.services);
  const bound = visibleVirtualServices(config.virtualServices, proxy.namespace).filter((candidate) =>
    gatewaysOf(candidate).includes('mesh'),
  );
  const compile = (virtualService: VirtualService, listenerPort: number): Route[] =>
    compileRoutes(
      routesWithDelegates(virtualService, config.virtualServices),
      contextOf(services, proxy, listenerPort),
    );

  const ports = new Map<number, VirtualHost[]>();
  const add = (port: number, host: VirtualHost) => ports.set(port, [...(ports.get(port) ?? []), host]);
  for (const [domain, virtualService] of foreignHosts(bound, services, proxy)) {
    for (const port of portsOf(domain, services, proxy)) {
      const routes = compile(virtualService, port);
      if (routes.length > 0) add(port, { domains: [domain], routes });
    }
  }
  for (const service of services.values()) {
    const governor = governing(bound, service.host, proxy.istioMinor);
    for (const port of service.ports) {
      const routes = governor && speaksHttp(port) ? compile(governor, port.port) : [];
      const domains = domainsOf(service, proxy.namespace);
      add(port.port, {
        domains,
        routes: routes.length > 0 ? routes : [plainRoute(service, port, proxy)],
        ...(!speaksHttp(port) && { opaque: true }),
      });
    }
  }
  return { ports, clusters: compileClusters(config, proxy) };
}

function contextOf(
  services: ReadonlyMap<string, IndexedService>,
  proxy: ProxyIdentity,
  listenerPort: number,
): RouteContext {
  const servicePorts = (host: string) => services.get(host)?.ports.map((port) => port.port);
  return { proxy, listenerPort, gateways: MESH, servicePorts };
}

/** Hosts of VirtualServices that no Service has, each with the one that governs it. */
function foreignHosts(
  bound: readonly VirtualService[],
  services: ReadonlyMap<string, IndexedService>,
  proxy: ProxyIdentity,
): Map<string, VirtualService> {
  const names = [...services.keys()];
  const foreign = new Map<string, VirtualService>();
  for (const host of new Set(bound.flatMap(hostsOf))) {
    if (names.some((name) => hostMatches(host, name))) continue;
    const governor = governing(bound, host, proxy.istioMinor);
    if (governor) foreign.set(host, governor);
  }
  return foreign;
}

/** A foreign host is served on port 80, and where it is another name of a Service on that Service's ports. */
function portsOf(
  domain: string,
  services: ReadonlyMap<string, IndexedService>,
  proxy: ProxyIdentity,
): ReadonlySet<number> {
  const aliased = [...services.values()].filter((service) => domainsOf(service, proxy.namespace).includes(domain));
  return new Set([PLAIN_HTTP_PORT, ...aliased.flatMap((service) => service.ports.map((port) => port.port))]);
}

/** What a Service gets when no VirtualService governs it: everything to all its endpoints, with default retries. */
function plainRoute(service: IndexedService, port: ServicePort, proxy: ProxyIdentity): Route {
  const headers = headerChanges(undefined);
  return {
    name: 'default',
    catchAll: true,
    matches: () => true,
    headers,
    action: {
      kind: 'forward',
      destinations: [{ cluster: clusterName(service.host, port.port), weight: 1, headers }],
      retry: speaksHttp(port) ? compileRetries(undefined, proxy.istioMinor) : undefined,
      mirrors: [],
    },
  };
}
