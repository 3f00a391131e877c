import type { IstioFaultSpec } from '../../model/fault.ts';
import type { Finding } from '../../model/finding.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import { describeObject } from '../../undo/describe.ts';
import { nameRoute, routesOf } from './fault-routes.ts';
import { finding } from './findings.ts';
import { meshCandidates } from './governing.ts';
import { hostSpecificity, isAlias, sameService, serviceOfHost, type ServiceName } from './host.ts';
import type { Target } from './targets.ts';
import { type HttpRoute, isMeshBound, namespaceOf, specOf } from './virtual-service.ts';

/** What the rules around the fault do that surprises people: owners, ignored rules, splits, timeouts, missing subsets. */
export function checkRules(
  spec: IstioFaultSpec,
  service: ServiceName,
  callerNamespaces: readonly string[],
  all: readonly KubernetesObject[],
  destinationRules: readonly KubernetesObject[] | undefined,
  targets: readonly Target[],
): readonly Finding[] {
  return [
    ...(spec.gateway ? [] : checkOthers(service, callerNamespaces, all)),
    ...targets.filter((target) => target.action === 'edit').flatMap((target) => checkOwner(target.before)),
    ...targets.flatMap(({ before, routes }) => [
      ...checkElsewhere(before, service, routes),
      ...routes.flatMap((route) => checkRoute(before, route, service, destinationRules)),
    ]),
  ];
}

function checkOthers(service: ServiceName, namespaces: readonly string[], all: readonly KubernetesObject[]): Finding[] {
  const ignored = namespaces.flatMap((namespace) => {
    const [governing, ...others] = meshCandidates(all, service, namespace);
    if (governing === undefined || others.length === 0) return [];
    const list = others.map((other) => describeObject(other)).join(', ');
    const message = `Sidecars in ${namespace} use ${describeObject(governing)} for ${service.name}; ${list} is ignored.`;
    return [finding('OTHER_VIRTUALSERVICE', message, describeObject(governing))];
  });
  const exact = all.filter(
    (object) => hostSpecificity(object, service) === Number.POSITIVE_INFINITY && !isMeshBound(object),
  );
  const aliases = all.filter((object) => (specOf(object).hosts ?? []).some((host) => isAlias(host, service)));
  return [
    ...ignored,
    ...exact.map((object) => {
      const message = `${describeObject(object)} names ${service.name} for gateways only; calls inside the mesh do not use it.`;
      return finding(
        'GATEWAY_ONLY',
        message,
        describeObject(object),
        'Add `mesh` to its gateways if it is meant for them too.',
      );
    }),
    ...aliases.map((object) => {
      const message = `${describeObject(object)} names ${service.name} by an alias that Istio does not take for the service.`;
      return finding(
        'HOST_ALIAS',
        message,
        describeObject(object),
        'Write the short name or the full name ending in .svc.cluster.local.',
      );
    }),
  ];
}

/** Controllers that would put the object back while the fault is in. */
function checkOwner(object: KubernetesObject): Finding[] {
  const where = describeObject(object);
  const { ownerReferences = [], labels = {}, annotations = {} } = object.metadata;
  if (ownerReferences.some((owner) => owner.kind === 'Canary')) {
    const hint = 'Pause the Canary, or fault a service that Flagger does not own.';
    return [finding('FLAGGER_OWNED', `${where} belongs to a Flagger Canary, which drops foreign faults.`, where, hint)];
  }
  const keys = [...Object.keys(labels), ...Object.keys(annotations)];
  const marks = [
    ...ownerReferences.map((owner) => `${owner.kind} ${owner.name}`),
    ...(keys.some((key) => key.startsWith('argocd.argoproj.io/')) ? ['Argo CD (self-heal)'] : []),
    ...(keys.some((key) => key.includes('.toolkit.fluxcd.io/')) ? ['Flux'] : []),
    ...(annotations['meta.helm.sh/release-name'] === undefined
      ? []
      : [`Helm release ${annotations['meta.helm.sh/release-name']}`]),
  ];
  if (marks.length === 0) return [];
  const message = `${where} is managed by ${marks.join(', ')}, which may put it back while the fault is in.`;
  return [
    finding(
      'OWNED',
      message,
      where,
      'A fault that ends early makes the run inconclusive; pause the controller if it does.',
    ),
  ];
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
  object: KubernetesObject,
  route: HttpRoute,
  service: ServiceName,
  destinationRules: readonly KubernetesObject[] | undefined,
): Finding[] {
  const where = describeObject(object);
  const name = nameRoute(route, routesOf(object).indexOf(route));
  const others = otherHosts(object, route, service);
  const findings: Finding[] = [];
  if (others.length > 0) {
    findings.push(
      finding(
        'ROUTE_SPLIT',
        `In ${where}, ${name} splits traffic with ${others.join(', ')}, which is faulted too.`,
        where,
      ),
    );
  }
  if (route.timeout !== undefined || route.retries !== undefined) {
    const message = `In ${where}, the timeout and retries of ${name} do not see the fault: it acts before them, in the same proxy.`;
    const hint = 'To test them, fault the service that this one calls.';
    findings.push(finding('ROUTE_TIMEOUT_BLIND', message, where, hint));
  }
  for (const { destination } of route.route ?? []) {
    const subset = destination?.subset;
    if (
      subset === undefined ||
      isDefined(subset, serviceOfHost(destination?.host ?? '', namespaceOf(object)), destinationRules)
    )
      continue;
    findings.push(
      finding(
        'SUBSET_MISSING',
        `In ${where}, ${name} leads to subset ${subset}, which no DestinationRule defines: 503.`,
        where,
      ),
    );
  }
  return findings;
}

function otherHosts(object: KubernetesObject, route: HttpRoute, service: ServiceName): readonly string[] {
  const hosts = (route.route ?? []).map(({ destination }) => destination?.host ?? '?');
  return [...new Set(hosts.filter((host) => !sameService(serviceOfHost(host, namespaceOf(object)), service)))];
}

function isDefined(
  subset: string,
  service: ServiceName | undefined,
  rules: readonly KubernetesObject[] | undefined,
): boolean {
  // Without the right to see them nothing is said about them.
  if (rules === undefined) return true;
  return rules.some((rule) => {
    const { host = '', subsets = [] } = (rule['spec'] ?? {}) as {
      host?: string;
      subsets?: readonly { name?: string }[];
    };
    const isFor =
      host.startsWith('*') || (service !== undefined && sameService(serviceOfHost(host, namespaceOf(rule)), service));
    return isFor && subsets.some(({ name }) => name === subset);
  });
}
