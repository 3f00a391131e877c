import { isIP } from 'node:net';

/** The cluster's DNS domain; the sandbox has only this one. */
const CLUSTER_DOMAIN = 'cluster.local';

/** The full DNS name of a Service. */
export function fqdn(name: string, namespace: string): string {
  return `${name}.${namespace}.svc.${CLUSTER_DOMAIN}`;
}

/** A host as Istio understands it in an object of `namespace`: only a name without any dot is a short name. */
export function resolveHost(host: string, namespace: string): string {
  const lower = host.toLowerCase();
  if (lower.includes('.') || lower === '*' || isIP(lower) !== 0) return lower;
  return fqdn(lower, namespace);
}

/** Whether `pattern` (a name, `*` or `*.suffix`) covers the name. */
export function hostMatches(pattern: string, name: string): boolean {
  if (pattern === '*' || pattern === name) return true;
  return pattern.startsWith('*') && name.endsWith(pattern.slice(1)) && name.length > pattern.length - 1;
}

/** How specific a matching host is: bigger wins. An exact name beats every wildcard, a longer wildcard a shorter one. */
export function specificity(pattern: string): number {
  if (pattern === '*') return 0;
  return pattern.startsWith('*') ? pattern.length : 10_000;
}

/** The hosts both patterns cover, as one pattern; undefined when they have none in common. */
export function intersection(one: string, other: string): string | undefined {
  if (hostMatches(one, other)) return other;
  if (hostMatches(other, one)) return one;
  return undefined;
}

/** The name in a Host header, without port, in lower case. */
export function hostName(authority: string): string {
  return authority.toLowerCase().replace(/:\d+$/, '');
}

/** The port in a Host header, or what the scheme says. */
export function hostPort(authority: string, fallback = 80): number {
  const port = /:(\d+)$/.exec(authority)?.[1];
  return port === undefined ? fallback : Number(port);
}
