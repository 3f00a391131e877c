import type { KubernetesObject } from '../../model/kubernetes.ts';

interface PodBody {
  readonly spec?: {
    readonly containers?: readonly { readonly name?: string }[];
    readonly initContainers?: readonly { readonly name?: string; readonly restartPolicy?: string }[];
    readonly hostNetwork?: boolean;
  };
}

/** Whether a pod has Istio's proxy beside it, as a container or a native sidecar. */
export function hasProxy(pod: KubernetesObject): boolean {
  return proxiesOf(pod) > 0 || pod.metadata.annotations?.['sidecar.istio.io/status'] !== undefined;
}

/** How many of Istio's proxies a pod has. */
export function proxiesOf(pod: KubernetesObject): number {
  const { containers = [], initContainers = [] } = bodyOf(pod).spec ?? {};
  const beside = initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always');
  return [...containers, ...beside].filter(({ name }) => name === 'istio-proxy').length;
}

/** What pod and namespace say about injection. Source: istio, pkg/kube/inject, in this order. */
export function injectionOf(
  pod: KubernetesObject,
  namespace: KubernetesObject | undefined,
): { readonly isAsked: boolean; readonly isRefused: boolean; readonly onHostNetwork: boolean } {
  const { labels = {}, annotations = {} } = pod.metadata;
  const own = labels['sidecar.istio.io/inject'] ?? annotations['sidecar.istio.io/inject'];
  const { 'istio-injection': injection, 'istio.io/rev': revision } = namespace?.metadata.labels ?? {};
  const onHostNetwork = bodyOf(pod).spec?.hostNetwork === true;
  const isRefused = own === 'false' || injection === 'disabled';
  const byNamespace = injection === 'enabled' || revision !== undefined;
  return {
    isAsked: !isRefused && !onHostNetwork && (own === 'true' || byNamespace),
    isRefused: own === 'false',
    onHostNetwork,
  };
}

/** Whether a pod is in the mesh without a proxy of its own. */
export function isAmbient(pod: KubernetesObject, namespace: KubernetesObject | undefined): boolean {
  const mode = 'istio.io/dataplane-mode';
  const own = pod.metadata.labels?.[mode] ?? namespace?.metadata.labels?.[mode];
  return pod.metadata.annotations?.['ambient.istio.io/redirection'] === 'enabled' || own === 'ambient';
}

/** The waypoint that a service's calls go through in ambient mode, where it has one. */
export function waypointOf(
  service: KubernetesObject | undefined,
  namespace: KubernetesObject | undefined,
): string | undefined {
  const label = 'istio.io/use-waypoint';
  const named = service?.metadata.labels?.[label] ?? namespace?.metadata.labels?.[label];
  return named === 'none' ? undefined : named;
}

/** `a=b,c=d` for the API server. */
export function selectorOf(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

function bodyOf(pod: KubernetesObject): PodBody {
  return pod as unknown as PodBody;
}
