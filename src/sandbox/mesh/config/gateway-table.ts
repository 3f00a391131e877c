import { compileClusters, contains } from './clusters.ts';
import { routesWithDelegates } from './delegates.ts';
import { headerChanges } from './header-changes.ts';
import { intersection } from './hosts.ts';
import type { Gateway, GatewayServer, MeshConfig, Pod, VirtualService } from './objects.ts';
import { compileRedirect } from './rewrite.ts';
import type { ProxyIdentity, Route, RouteTable, VirtualHost } from './route-table.ts';
import { compileRoutes } from './routes.ts';
import { indexServices } from './service-index.ts';
import { gatewayName, gatewaysOf, hostsOf, namespaceOf, visibleVirtualServices } from './virtual-services.ts';

const HTTP_PROTOCOLS = new Set(['HTTP', 'HTTP2', 'GRPC', 'GRPC-WEB']);

/** A server of a Gateway that this proxy listens for, on one of its container ports. */
interface BoundServer {
  readonly gateway: string;
  readonly namespace: string;
  readonly server: GatewayServer;
  readonly port: number;
}

/** What a gateway does with requests from outside: a container port without an entry has no listener. */
export function compileGatewayTable(config: MeshConfig, proxy: ProxyIdentity, podName: string): RouteTable {
  const virtualServices = visibleVirtualServices(config.virtualServices, proxy.namespace);
  const services = indexServices(config.services);
  const servicePorts = (host: string) => services.get(host)?.ports.map((port) => port.port);
  const servers = boundServers(config, proxy, podName);
  const ports = new Map<number, VirtualHost[]>();
  for (const port of new Set(servers.map((server) => server.port))) {
    const domains = new Map<string, Route[]>();
    for (const server of servers.filter((candidate) => candidate.port === port)) {
      const context = { proxy, listenerPort: listenerPort(server), gateways: new Set([server.gateway]), servicePorts };
      for (const virtualService of virtualServices) {
        const routes = () => compileRoutes(routesWithDelegates(virtualService, config.virtualServices), context);
        for (const domain of attachedDomains(server, virtualService)) {
          domains.set(domain, [...(domains.get(domain) ?? []), ...(redirected(server) ?? routes())]);
        }
      }
    }
    const hosts = [...domains].map(([domain, routes]) => ({ domains: [domain], routes: catchAllsLast(routes) }));
    if (hosts.length > 0) ports.set(port, hosts);
  }
  return { ports, clusters: compileClusters(config, proxy) };
}

function listenerPort({ server, port }: BoundServer): number {
  return server.port?.number ?? port;
}

function boundServers(config: MeshConfig, proxy: ProxyIdentity, podName: string): BoundServer[] {
  return config.gateways
    .filter((gateway) => contains(proxy.labels, gateway.spec?.selector ?? {}))
    .flatMap((gateway) =>
      (gateway.spec?.servers ?? [])
        .filter((server) => HTTP_PROTOCOLS.has((server.port?.protocol ?? '').toUpperCase()))
        .flatMap((server) => {
          const port = containerPort(config, proxy, podName, server.port?.number);
          if (port === undefined) return [];
          return [{ gateway: idOf(gateway), namespace: namespaceOf(gateway), server, port }];
        }),
    );
}

function idOf(gateway: Gateway): string {
  return gatewayName(gateway.metadata.name, namespaceOf(gateway));
}

/** A number that is a port of the gateway's Service means that port's target, any other number itself. */
function containerPort(
  config: MeshConfig,
  proxy: ProxyIdentity,
  podName: string,
  number: number | undefined,
): number | undefined {
  const target = config.services
    .filter((service) => namespaceOf(service) === proxy.namespace && service.spec?.selector !== undefined)
    .filter((service) => contains(proxy.labels, service.spec?.selector ?? {}))
    .flatMap((service) => service.spec?.ports ?? [])
    .find((port) => port.port === number)?.targetPort;
  if (typeof target !== 'string') return target ?? number;
  const pod = config.pods.find((one) => one.metadata.name === podName && namespaceOf(one) === proxy.namespace);
  return namedPort(pod, target) ?? number;
}

function namedPort(pod: Pod | undefined, name: string): number | undefined {
  const ports = (pod?.spec?.containers ?? []).flatMap((container) => container.ports ?? []);
  return ports.find((port) => port.name === name)?.containerPort;
}

/** The hosts that a server and a VirtualService have in common; none when it is not bound to the server's Gateway. */
function attachedDomains(bound: BoundServer, virtualService: VirtualService): Set<string> {
  if (!gatewaysOf(virtualService).includes(bound.gateway)) return new Set();
  const hosts = hostsOf(virtualService);
  const common = (bound.server.hosts ?? []).flatMap((entry) => {
    const [scope, host] = entry.includes('/') ? (entry.split('/') as [string, string]) : ['*', entry];
    const namespace = scope === '.' ? bound.namespace : scope;
    if (namespace !== '*' && namespace !== namespaceOf(virtualService)) return [];
    return hosts.map((candidate) => intersection(host.toLowerCase(), candidate));
  });
  return new Set(common.filter((host): host is string => host !== undefined));
}

function redirected({ server }: BoundServer): Route[] | undefined {
  if (!server.tls?.httpsRedirect) return undefined;
  const action = compileRedirect({ scheme: 'https' });
  return [{ name: 'https-redirect', catchAll: true, matches: () => true, action, headers: headerChanges(undefined) }];
}

/** Routes of several VirtualServices one after another, those that take every request at the end (Istio's route.go, SortVHostRoutes). */
function catchAllsLast(routes: readonly Route[]): Route[] {
  return [...routes.filter((route) => !route.catchAll), ...routes.filter((route) => route.catchAll)];
}
