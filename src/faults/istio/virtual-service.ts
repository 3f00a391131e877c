import type { KubernetesObject } from '../../model/kubernetes.ts';
import type { HttpMatch } from '../../model/fault.ts';

/** Istio's HTTPMatchRequest: what a request must be like, and which proxies get the rule at all. */
export interface MatchBlock extends HttpMatch {
  readonly gateways?: readonly string[];
  readonly sourceLabels?: Readonly<Record<string, string>>;
  readonly sourceNamespace?: string;
  readonly [field: string]: unknown;
}

/** Istio's HTTPRoute, as far as the driver looks into it; unknown fields are carried along. */
export interface HttpRoute {
  readonly name?: string;
  readonly match?: readonly MatchBlock[];
  readonly route?: readonly { readonly destination?: { readonly host?: string; readonly subset?: string } }[];
  readonly redirect?: unknown;
  readonly directResponse?: unknown;
  readonly delegate?: { readonly name?: string; readonly namespace?: string };
  readonly fault?: unknown;
  readonly timeout?: string;
  readonly retries?: unknown;
  readonly [field: string]: unknown;
}

interface VirtualServiceSpec {
  readonly hosts?: readonly string[];
  readonly gateways?: readonly string[];
  readonly http?: readonly HttpRoute[];
  readonly exportTo?: readonly string[];
}

/** The reserved gateway name that stands for all sidecars. */
export const MESH = 'mesh';

/** The spec of a VirtualService; an absent one is empty. */
export function specOf(object: KubernetesObject): VirtualServiceSpec {
  return object['spec'] ?? {};
}

/** Namespace of a namespaced object. */
export function namespaceOf(object: KubernetesObject): string {
  return object.metadata.namespace ?? 'default';
}

/** Whether sidecars use it: `gateways` absent, or `mesh` among them. A VirtualService without hosts is a delegate. */
export function isMeshBound(object: KubernetesObject): boolean {
  const { hosts = [], gateways = [] } = specOf(object);
  return hosts.length > 0 && (gateways.length === 0 || gateways.includes(MESH));
}

/** The gateways it is bound to, as written, without `mesh`. */
export function boundGateways(object: KubernetesObject): readonly string[] {
  const { hosts = [], gateways = [] } = specOf(object);
  return hosts.length === 0 ? [] : gateways.filter((gateway) => gateway !== MESH);
}

/** The same as `namespace/name`. */
export function qualifiedGateways(object: KubernetesObject): readonly string[] {
  const namespace = namespaceOf(object);
  return boundGateways(object).map((gateway) => {
    if (gateway.startsWith('./')) return `${namespace}/${gateway.slice(2)}`;
    return gateway.includes('/') ? gateway : `${namespace}/${gateway}`;
  });
}

/** Whether proxies in `namespace` may see the object (`exportTo`; absent means everybody). */
export function isExportedTo(object: KubernetesObject, namespace: string): boolean {
  const { exportTo = [] } = specOf(object);
  if (exportTo.length === 0) return true;
  return exportTo.some(
    (entry) => entry === '*' || entry === namespace || (entry === '.' && namespaceOf(object) === namespace),
  );
}
