import type { KubernetesObject } from '../model/kubernetes.ts';
import type { FaultReach } from '../model/plan.ts';
import { controllerOf, isRunning } from './pods.ts';

/** Whom a fault on pods can hit: at most `take` of the candidates, with `all` being all pods of their namespace. */
export function podReach(
  candidates: readonly KubernetesObject[],
  take: number,
  all: readonly KubernetesObject[],
): FaultReach {
  const running = all.filter(isRunning);
  const sizes = new Map<string, number>();
  for (const pod of running) {
    for (const group of [ownerOf(pod), `Namespace ${namespaceOf(pod)}`]) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  }
  const pods = candidates.map((pod) => ({ name: nameOf(pod), owner: ownerOf(pod), namespace: namespaceOf(pod) }));
  const groups = new Set(pods.flatMap(({ owner, namespace }) => [owner, `Namespace ${namespace}`]));
  return {
    pods: { candidates: pods, take, sizes: Object.fromEntries([...sizes].filter(([group]) => groups.has(group))) },
    workloads: candidates.map((pod) => ({ name: `Pod ${nameOf(pod)}`, labels: pod.metadata.labels ?? {} })),
  };
}

/**
 * Who owns a pod, by the pod alone: `Deployment default/ratings`. ReplicaSets of a Deployment are named after it and the hash
 * that their pods carry; a pod that nobody owns is its own. Source: deployment controller, label pod-template-hash.
 */
function ownerOf(pod: KubernetesObject): string {
  const controller = controllerOf(pod);
  if (controller === undefined) return `Pod ${nameOf(pod)}`;
  const hash = pod.metadata.labels?.['pod-template-hash'];
  const ofDeployment = controller.kind === 'ReplicaSet' && hash !== undefined && controller.name.endsWith(`-${hash}`);
  const kind = ofDeployment ? 'Deployment' : controller.kind;
  const name = ofDeployment ? controller.name.slice(0, -hash.length - 1) : controller.name;
  return `${kind} ${namespaceOf(pod)}/${name}`;
}

function nameOf(pod: KubernetesObject): string {
  return `${namespaceOf(pod)}/${pod.metadata.name}`;
}

function namespaceOf({ metadata }: KubernetesObject): string {
  return metadata.namespace ?? '';
}
