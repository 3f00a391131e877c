import type { KubernetesObject } from '../../model/kubernetes.ts';

interface PodStatus {
  readonly phase?: string;
  readonly containerStatuses?: readonly ContainerStatus[];
}

interface ContainerStatus {
  readonly name: string;
  readonly containerID?: string;
  readonly state?: { readonly running?: unknown };
}

/** It has a running container, without which the operator drops it silently. */
export function isRunning(pod: KubernetesObject): boolean {
  const { phase, containerStatuses } = statusOf(pod);
  if (containerStatuses === undefined) return phase === 'Running';
  return containerStatuses.some(({ state }) => state?.running !== undefined);
}

/** The name of the first container in the status that runs: the one that the operator enters. */
export function firstRunning(pod: KubernetesObject): string | undefined {
  return statusOf(pod).containerStatuses?.find(({ state }) => state?.running !== undefined)?.name;
}

export function nodeOf({ spec }: KubernetesObject): string {
  return (spec as { nodeName?: string } | undefined)?.nodeName ?? '';
}

export function containerNames({ spec }: KubernetesObject): readonly string[] {
  const { containers = [] } = (spec ?? {}) as { containers?: readonly { name: string }[] };
  return containers.map(({ name }) => name);
}

/** `containerd`, `docker`, ...; undefined as long as no container was started. */
export function runtimeOf(pod: KubernetesObject): string | undefined {
  const ids = (statusOf(pod).containerStatuses ?? []).map(({ containerID = '' }) => containerID.split('://'));
  return ids.find((parts) => parts.length === 2)?.[0];
}

function statusOf(pod: KubernetesObject): PodStatus {
  return pod['status'] ?? {};
}
