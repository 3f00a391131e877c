import { hostMatches, resolveHost, specificity } from './hosts.ts';
import type { VirtualService } from './objects.ts';

/** Whether `exportTo` of an object of namespace `own` shows it to namespace `viewer`. Absent means to all. */
export function exportedTo(exportTo: readonly string[] | undefined, own: string, viewer: string): boolean {
  if (exportTo === undefined || exportTo.length === 0) return true;
  return exportTo.some((entry) => entry === '*' || (entry === '.' ? own === viewer : entry === viewer));
}

export function namespaceOf(object: { readonly metadata: { readonly namespace?: string } }): string {
  return object.metadata.namespace ?? 'default';
}

/**
 * The VirtualServices a proxy of `namespace` gets to see, best first: private ones, ones exported to the namespace by
 * name, public ones; in each group the oldest first, then by name, then by namespace (Istio's
 * model/virtualservice.go).
 */
export function visibleVirtualServices(all: readonly VirtualService[], namespace: string): VirtualService[] {
  return all
    .filter((candidate) => exportedTo(candidate.spec?.exportTo, namespaceOf(candidate), namespace))
    .sort((one, other) => exportRank(one, namespace) - exportRank(other, namespace) || byAge(one, other));
}

function exportRank(candidate: VirtualService, namespace: string): number {
  const exportTo = candidate.spec?.exportTo ?? [];
  if (exportTo.length === 0 || exportTo.includes('*')) return 2;
  return namespaceOf(candidate) === namespace && exportTo.includes('.') ? 0 : 1;
}

/** Oldest first, then by name, then by namespace. */
export function byAge(one: Aged, other: Aged): number {
  return (
    compare(one.metadata.creationTimestamp ?? '', other.metadata.creationTimestamp ?? '') ||
    compare(one.metadata.name, other.metadata.name) ||
    compare(one.metadata.namespace ?? '', other.metadata.namespace ?? '')
  );
}

interface Aged {
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly creationTimestamp?: string };
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** A VirtualService's hosts as full names. */
export function hostsOf(virtualService: VirtualService): string[] {
  return (virtualService.spec?.hosts ?? []).map((host) => resolveHost(host, namespaceOf(virtualService)));
}

/** The gateways it is bound to, as `namespace/name`; `mesh` stands for all sidecars and is the default. */
export function gatewaysOf(virtualService: VirtualService): string[] {
  const listed = virtualService.spec?.gateways ?? [];
  if (listed.length === 0) return ['mesh'];
  return listed.map((gateway) => gatewayName(gateway, namespaceOf(virtualService)));
}

/** `name`, `./name`, `ns/name` and the old `name.ns.svc.cluster.local` as `ns/name`. */
export function gatewayName(reference: string, namespace: string): string {
  if (reference === 'mesh') return reference;
  const [first = '', second] = reference.split('/');
  if (second !== undefined) return first === '.' ? `${namespace}/${second}` : reference;
  const parts = reference.split('.');
  return parts.length > 1 ? `${parts[1]}/${parts[0]}` : `${namespace}/${reference}`;
}

/**
 * The one VirtualService that governs a host for a sidecar. `ordered` comes best first. From Istio 1.20 on the most
 * specific host wins, before it the first in order whatever its host.
 */
export function governing(
  ordered: readonly VirtualService[],
  host: string,
  istioMinor: number,
): VirtualService | undefined {
  let best: VirtualService | undefined;
  let bestRank = -1;
  for (const candidate of ordered) {
    for (const pattern of hostsOf(candidate).filter((entry) => hostMatches(entry, host))) {
      const rank = istioMinor >= 20 ? specificity(pattern) : 0;
      if (rank > bestRank) [best, bestRank] = [candidate, rank];
    }
  }
  return best;
}
