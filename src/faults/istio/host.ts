import type { KubernetesObject } from '../../model/kubernetes.ts';
import { namespaceOf, specOf } from './virtual-service.ts';

/** A Kubernetes Service, which is what Istio's host names stand for here. */
export interface ServiceName {
  readonly name: string;
  readonly namespace: string;
}

const CLUSTER_DOMAIN = 'svc.cluster.local';

/** What people write for a service: `ratings`, `ratings.prod`, `ratings.prod.svc` or the FQDN. */
export function parseServiceName(text: string, namespace: string): ServiceName {
  const [name = '', given = namespace] = text.split('.');
  return { name, namespace: given };
}

/** `ratings.default.svc.cluster.local`. */
export function fqdn({ name, namespace }: ServiceName): string {
  return `${name}.${namespace}.${CLUSTER_DOMAIN}`;
}

/**
 * The service that a host in a rule of `namespace` stands for. Istio completes names without a dot only; other names are
 * taken literally, and `ratings.prod` is no service of its own. Source: istio pilot/pkg/model/virtualservice.go.
 */
export function serviceOfHost(host: string, namespace: string): ServiceName | undefined {
  if (host === '' || host.includes('*')) return undefined;
  if (!host.includes('.')) return { name: host, namespace };
  const [, name = '', given = ''] = /^([^.]+)\.([^.]+)\.svc\..+$/.exec(host) ?? [];
  return name === '' ? undefined : { name, namespace: given };
}

/** Whether two names mean the same service. */
export function sameService(a: ServiceName | undefined, b: ServiceName): boolean {
  return a?.name === b.name && a.namespace === b.namespace;
}

/**
 * How closely the hosts of a VirtualService name the service: Infinity for its own name, the length of the suffix for a
 * wildcard, undefined when none does. Istio takes the most specific host first (1.20 and later).
 */
export function hostSpecificity(object: KubernetesObject, service: ServiceName): number | undefined {
  const namespace = namespaceOf(object);
  const found = (specOf(object).hosts ?? []).flatMap((host) => {
    if (sameService(serviceOfHost(host, namespace), service)) return [Number.POSITIVE_INFINITY];
    return host.startsWith('*') && fqdn(service).endsWith(host.slice(1)) ? [host.length] : [];
  });
  return found.length === 0 ? undefined : Math.max(...found);
}

/** Whether a host is written as an alias (`ratings.prod`, `ratings.prod.svc`) that Istio does not take for the service. */
export function isAlias(host: string, { name, namespace }: ServiceName): boolean {
  return host === `${name}.${namespace}` || host === `${name}.${namespace}.svc`;
}
