import { formatDuration, parseDuration } from '../../model/duration.ts';
import type { IstioFaultSpec } from '../../model/fault.ts';
import { type Finding, finding } from '../../model/finding.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import { describeObject } from '../../undo/describe.ts';
import { nameRoute, routesOf } from './fault-routes.ts';
import { meshCandidates } from './governing.ts';
import { hostSpecificity, isAlias, sameService, serviceOfHost, type ServiceName } from './host.ts';
import type { Target } from './targets.ts';
import { type HttpRoute, isExportedTo, isMeshBound, namespaceOf, specOf } from './virtual-service.ts';

type Objects = readonly KubernetesObject[];

/** What the rules around the fault do that surprises people: ignored rules, splits, routes elsewhere, blind timeouts. */
export function checkRules(
  spec: Pick<IstioFaultSpec, 'gateway' | 'delay' | 'abort'>,
  service: ServiceName,
  callerNamespaces: readonly string[],
  all: Objects,
  targets: readonly Target[],
): readonly Finding[] {
  return [
    ...(spec.gateway ? [] : checkOthers(service, callerNamespaces, all)),
    ...targets.flatMap(({ before, routes }) => [
      ...checkElsewhere(before, service, routes),
      ...routes.flatMap((route) => checkRoute(spec, before, route, service)),
    ]),
  ];
}

/** VirtualServices that name the service and that the callers' proxies do not use. */
function checkOthers(service: ServiceName, namespaces: readonly string[], all: Objects): Finding[] {
  const naming = all.filter((object) => hostSpecificity(object, service) === Number.POSITIVE_INFINITY);
  const aliases = all.filter((object) => (specOf(object).hosts ?? []).some((host) => isAlias(host, service)));
  return [
    ...namespaces.flatMap((namespace) => checkIgnored(service, namespace, all)),
    ...naming.filter((object) => !isMeshBound(object)).map((object) => gatewayOnly(object, service)),
    ...naming.filter(isMeshBound).flatMap((object) => checkExport(object, service, namespaces)),
    ...aliases.map((object) => {
      const where = describeObject(object);
      const message = `${where} names ${service.name} by an alias that Istio does not take for the service.`;
      const hint = 'Write the short name or the full name ending in .svc.cluster.local.';
      return finding('HOST_ALIAS', message, where, hint);
    }),
  ];
}

function checkIgnored(service: ServiceName, namespace: string, all: Objects): Finding[] {
  const [governing, ...others] = meshCandidates(all, service, namespace);
  if (governing === undefined || others.length === 0) return [];
  const where = describeObject(governing);
  const list = others.map((other) => describeObject(other)).join(', ');
  const message = `Sidecars in ${namespace} use ${where} for ${service.name}; ${list} is ignored.`;
  return [finding('OTHER_VIRTUALSERVICE', message, where)];
}

function gatewayOnly(object: KubernetesObject, { name }: ServiceName): Finding {
  const where = describeObject(object);
  const message = `${where} names ${name} for gateways only; calls inside the mesh do not use it.`;
  return finding('GATEWAY_ONLY', message, where, 'Add `mesh` to its gateways if it is meant for them too.');
}

function checkExport(object: KubernetesObject, { name }: ServiceName, namespaces: readonly string[]): Finding[] {
  const blind = namespaces.filter((namespace) => !isExportedTo(object, namespace));
  if (blind.length === 0) return [];
  const where = describeObject(object);
  const message = `${where} names ${name} and is not exported to ${blind.join(', ')}; the callers there do not use it.`;
  return [finding('NOT_EXPORTED', message, where, 'Add the namespace to its exportTo if it is meant for them too.')];
}

function checkElsewhere(object: KubernetesObject, service: ServiceName, copied: readonly HttpRoute[]): Finding[] {
  const where = describeObject(object);
  return routesOf(object).flatMap((route, index) => {
    const hosts = otherHosts(object, route, service);
    if (hosts.length === 0 || copied.includes(route)) return [];
    const message = `In ${where}, ${nameRoute(route, index)} leads to ${hosts.join(', ')} and gets no fault.`;
    return [finding('ROUTE_ELSEWHERE', message, where)];
  });
}

function checkRoute(
  spec: Pick<IstioFaultSpec, 'delay' | 'abort'>,
  object: KubernetesObject,
  route: HttpRoute,
  service: ServiceName,
): Finding[] {
  const where = describeObject(object);
  const name = nameRoute(route, routesOf(object).indexOf(route));
  const others = otherHosts(object, route, service);
  const findings: Finding[] = [];
  if (others.length > 0) {
    const message = `In ${where}, ${name} splits traffic with ${others.join(', ')}, which is faulted too.`;
    findings.push(finding('ROUTE_SPLIT', message, where));
  }
  if (route.timeout !== undefined || route.retries !== undefined) {
    const message = `In ${where}, the timeout and retries of ${name} do not see the fault: it acts before them, in the same proxy.${inFigures(spec, route)}`;
    const hint = 'To test them, fault the service that this one calls.';
    findings.push(finding('ROUTE_TIMEOUT_BLIND', message, where, hint));
  }
  return findings;
}

/** What somebody who means to test them would wait for in vain. */
function inFigures({ delay, abort }: Pick<IstioFaultSpec, 'delay' | 'abort'>, { timeout, retries }: HttpRoute): string {
  const limit = timeout === undefined ? undefined : parseDuration(timeout);
  const isPast = delay !== undefined && limit?.ok === true && limit.value <= delay.fixedDelay;
  return [
    ...(isPast ? [` The delay of ${formatDuration(delay.fixedDelay)} is not cut off after ${timeout ?? ''}.`] : []),
    ...(abort !== undefined && retries !== undefined ? [' What is aborted is not tried again.'] : []),
  ].join('');
}

function otherHosts(object: KubernetesObject, route: HttpRoute, service: ServiceName): readonly string[] {
  const hosts = (route.route ?? []).map(({ destination }) => destination?.host ?? '?');
  return [...new Set(hosts.filter((host) => !sameService(serviceOfHost(host, namespaceOf(object)), service)))];
}
