import type { KubernetesObject } from '../../model/kubernetes.ts';
import { fqdn, hostSpecificity, sameService, serviceOfHost, type ServiceName } from './host.ts';
import {
  isExportedTo,
  isMeshBound,
  namespaceOf,
  qualifiedGateways,
  specOf,
  type HttpRoute,
} from './virtual-service.ts';

/** Mesh-bound VirtualServices for a host that sidecars of one namespace see; the first is used, the others are ignored. */
export function meshCandidates(
  all: readonly KubernetesObject[],
  service: ServiceName,
  callerNamespace: string,
): readonly KubernetesObject[] {
  const order = all
    .filter((object) => isMeshBound(object) && isExportedTo(object, callerNamespace))
    .flatMap((object) => {
      const specificity = hostSpecificity(object, service);
      return specificity === undefined ? [] : [{ object, specificity, rank: visibilityRank(object) }];
    });
  order.sort((a, b) => b.specificity - a.specificity || a.rank - b.rank || byAge(a.object, b.object));
  return order.map((entry) => entry.object);
}

/** Gateway-bound VirtualServices with a route to the service, or a delegate that may have one; gateways use all of them. */
export function gatewayCandidates(all: readonly KubernetesObject[], service: ServiceName): readonly KubernetesObject[] {
  return all.filter((object) => qualifiedGateways(object).length > 0 && routesOf(all, object).some((found) => found));

  function routesOf(objects: readonly KubernetesObject[], object: KubernetesObject): boolean[] {
    return (specOf(object).http ?? []).map((route) => {
      const delegate = delegateOf(objects, object, route);
      return delegate === undefined
        ? leadsTo(route, namespaceOf(object), service)
        : (specOf(delegate).http ?? []).some((inner) => leadsTo(inner, namespaceOf(delegate), service));
    });
  }
}

/**
 * VirtualServices that share a gateway and a host with this one and come after it there. A gateway joins the routes of all,
 * oldest first, and moves catch-alls to the end. Source: istio route.go SortVHostRoutes.
 */
export function laterInGateway(
  all: readonly KubernetesObject[],
  object: KubernetesObject,
): readonly KubernetesObject[] {
  const gateways = qualifiedGateways(object);
  return all.filter(
    (other) =>
      other !== object &&
      qualifiedGateways(other).some((gateway) => gateways.includes(gateway)) &&
      hostsOverlap(other, object) &&
      (visibilityRank(object) - visibilityRank(other) || byAge(object, other)) < 0,
  );
}

function hostsOverlap(a: KubernetesObject, b: KubernetesObject): boolean {
  const hosts = (object: KubernetesObject) =>
    (specOf(object).hosts ?? []).map((host) => {
      const service = serviceOfHost(host, namespaceOf(object));
      return service === undefined ? host : fqdn(service);
    });
  const covers = (pattern: string, host: string) =>
    pattern === host || (pattern.startsWith('*') && host.endsWith(pattern.slice(1)));
  return hosts(a).some((one) => hosts(b).some((other) => covers(one, other) || covers(other, one)));
}

/** The VirtualService that a route delegates to, if it is there. */
export function delegateOf(
  all: readonly KubernetesObject[],
  root: KubernetesObject,
  route: HttpRoute,
): KubernetesObject | undefined {
  if (route.delegate === undefined) return undefined;
  const { name, namespace = namespaceOf(root) } = route.delegate;
  return all.find(
    (object) =>
      object.metadata.name === name &&
      namespaceOf(object) === namespace &&
      isExportedTo(object, namespaceOf(root)) &&
      (specOf(object).hosts ?? []).length === 0,
  );
}

/** Whether one of a route's destinations is the service, whatever the subset. */
export function leadsTo(route: HttpRoute, namespace: string, service: ServiceName): boolean {
  return (route.route ?? []).some(({ destination }) =>
    sameService(serviceOfHost(destination?.host ?? '', namespace), service),
  );
}

/** Private ones first, then those exported by name, then public ones. Source: istio pilot/pkg/model/virtualservice.go. */
function visibilityRank(object: KubernetesObject): number {
  const { exportTo = [] } = specOf(object);
  if (exportTo.length === 0 || exportTo.includes('*')) return 2;
  return exportTo.length === 1 && exportTo[0] === '.' ? 0 : 1;
}

function byAge(a: KubernetesObject, b: KubernetesObject): number {
  const age = (object: KubernetesObject) => object.metadata.creationTimestamp ?? '';
  return (
    compare(age(a), age(b)) || compare(a.metadata.name, b.metadata.name) || compare(namespaceOf(a), namespaceOf(b))
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
