import type { HttpMatch } from '../../src/model/fault.ts';
import type { KubernetesObject } from '../../src/model/kubernetes.ts';
import { findRoute, findVirtualHost } from '../../src/sandbox/mesh/config/find-route.ts';
import { compileGatewayTable } from '../../src/sandbox/mesh/config/gateway-table.ts';
import type { MeshConfig } from '../../src/sandbox/mesh/config/objects.ts';
import { requestMatcher } from '../../src/sandbox/mesh/config/request-match.ts';
import type { RequestHead, Route, RouteTable } from '../../src/sandbox/mesh/config/route-table.ts';
import { compileSidecarTable } from '../../src/sandbox/mesh/config/sidecar-table.ts';

/**
 * What the sandbox's mesh, which shares no code with the driver, would do with requests to ratings: the second opinion of
 * the property tests.
 */
export type Proxy = 'productpage' | 'reviews' | 'gateway';
export const PROXIES: readonly Proxy[] = ['productpage', 'reviews', 'gateway'];

const GATEWAY = {
  metadata: { name: 'gw', namespace: 'default' },
  spec: { selector: { istio: 'gw' }, servers: [{ port: { number: 9080, protocol: 'HTTP' }, hosts: ['*'] }] },
};
const SERVICES = ['ratings', 'reviews'].map((name) => ({
  metadata: { name, namespace: 'default' },
  spec: { selector: { app: name }, ports: [{ name: 'http', port: 9080 }] },
}));

/** How each proxy routes, given these VirtualServices. */
export function routingOf(
  virtualServices: readonly KubernetesObject[],
): (proxy: Proxy, request: RequestHead) => Route | undefined {
  const config: MeshConfig = {
    virtualServices,
    destinationRules: [],
    gateways: [GATEWAY],
    services: SERVICES,
    endpointSlices: [],
    pods: [],
  };
  const tables = Object.fromEntries(PROXIES.map((proxy) => [proxy, tableOf(config, proxy)])) as Record<
    Proxy,
    RouteTable
  >;
  return (proxy, request) => {
    const authority = proxy === 'gateway' ? 'ratings.default.svc.cluster.local' : request.authority;
    return findRoute(findVirtualHost(tables[proxy].ports.get(9080) ?? [], authority), { ...request, authority });
  };
}

/** Whether a request satisfies a fault's match. */
export function satisfies(match: HttpMatch, request: RequestHead): boolean {
  return requestMatcher(match)(request);
}

/** Whether a route's destinations include ratings. */
export function leadsToRatings(route: Route | undefined): boolean {
  if (route?.action.kind !== 'forward') return false;
  return route.action.destinations.some(({ cluster }) => cluster.host === 'ratings.default.svc.cluster.local');
}

/** What a route does with a request, without name and fault. */
export function effectOf(route: Route | undefined): string {
  if (route === undefined) return 'no route';
  const { action } = route;
  if (action.kind !== 'forward') return JSON.stringify({ ...action, location: undefined });
  const { destinations, timeoutMs, retry } = action;
  return JSON.stringify({ destinations, timeoutMs, retries: retry?.retries });
}

function tableOf(config: MeshConfig, proxy: Proxy): RouteTable {
  if (proxy !== 'gateway')
    return compileSidecarTable(config, { namespace: 'default', labels: { app: proxy }, istioMinor: 24 });
  return compileGatewayTable(config, { namespace: 'istio-system', labels: { istio: 'gw' }, istioMinor: 24 }, 'gw-1');
}
