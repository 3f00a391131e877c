import type { KubernetesObject, OwnerReference } from '../model/kubernetes.ts';

interface PodStatus {
  readonly phase?: string;
  readonly conditions?: readonly { readonly type: string; readonly status: string }[];
}

/** Whether a pod is on its way out. */
export function isTerminating(pod: KubernetesObject): boolean {
  return pod.metadata.deletionTimestamp !== undefined;
}

/** Whether a pod runs and is not on its way out. */
export function isRunning(pod: KubernetesObject): boolean {
  return statusOf(pod).phase === 'Running' && !isTerminating(pod);
}

/** Whether a pod counts as a ready replica: condition Ready, and not on its way out. */
export function isReady(pod: KubernetesObject): boolean {
  const { conditions = [] } = statusOf(pod);
  return !isTerminating(pod) && conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

/** Who replaces the object when it goes. */
export function controllerOf({ metadata }: KubernetesObject): OwnerReference | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true);
}

/** Whether an object has all these labels. */
export function hasLabels({ metadata }: KubernetesObject, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(labels).every(([key, value]) => metadata.labels?.[key] === value);
}

function statusOf(pod: KubernetesObject): PodStatus {
  return pod['status'] ?? {};
}
