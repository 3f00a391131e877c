import type { KubernetesObject } from '../../model/kubernetes.ts';

interface PodBody {
  readonly spec?: {
    readonly containers?: readonly { readonly name?: string }[];
    readonly initContainers?: readonly { readonly name?: string; readonly restartPolicy?: string }[];
  };
}

/** Whether a pod has Istio's proxy beside it, as a container or a native sidecar. */
export function hasProxy(pod: KubernetesObject): boolean {
  const { containers = [], initContainers = [] } = bodyOf(pod).spec ?? {};
  const isProxy = (container: { readonly name?: string }) => container.name === 'istio-proxy';
  return (
    containers.some(isProxy) ||
    initContainers.some((container) => isProxy(container) && container.restartPolicy === 'Always') ||
    pod.metadata.annotations?.['sidecar.istio.io/status'] !== undefined
  );
}

/** Whether a pod is in the mesh without a proxy of its own. */
export function isAmbient(pod: KubernetesObject, namespace: KubernetesObject | undefined): boolean {
  const mode = 'istio.io/dataplane-mode';
  const own = pod.metadata.labels?.[mode] ?? namespace?.metadata.labels?.[mode];
  return pod.metadata.annotations?.['ambient.istio.io/redirection'] === 'enabled' || own === 'ambient';
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
