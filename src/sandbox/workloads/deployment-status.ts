import { nextConditions, timestamp } from './conditions.ts';
import type { Condition, Deployment, ReplicaSet, WorkloadStatus } from './kinds.ts';
import { portion } from './rolling-update.ts';

/** What a Deployment says of itself, from the ReplicaSets it owns; zero counts are left out as Kubernetes does. */
export function deploymentStatus(
  deployment: Deployment,
  owned: readonly ReplicaSet[],
  current: ReplicaSet | undefined,
): WorkloadStatus {
  const replicas = total(owned, 'replicas');
  const ready = total(owned, 'readyReplicas');
  const wanted = deployment.spec.replicas ?? 1;
  const updated = current?.status?.replicas ?? 0;
  const counts = {
    replicas,
    updatedReplicas: updated,
    readyReplicas: ready,
    availableReplicas: ready,
    unavailableReplicas: Math.max(0, wanted - ready),
  };
  const complete = updated === wanted && replicas === wanted && ready === wanted;
  const conditions = [available(deployment, wanted, ready), progressing(current, complete)];
  return {
    observedGeneration: deployment.metadata.generation ?? 1,
    ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
    conditions: nextConditions(deployment.status?.conditions, conditions, timestamp()),
  };
}

function available(deployment: Deployment, wanted: number, ready: number): Condition {
  const unavailable = portion(deployment.spec.strategy?.rollingUpdate?.maxUnavailable, wanted, 'down');
  if (ready >= wanted - unavailable) {
    return {
      type: 'Available',
      status: 'True',
      reason: 'MinimumReplicasAvailable',
      message: 'Deployment has minimum availability.',
    };
  }
  return {
    type: 'Available',
    status: 'False',
    reason: 'MinimumReplicasUnavailable',
    message: 'Deployment does not have minimum availability.',
  };
}

function progressing(current: ReplicaSet | undefined, complete: boolean): Condition {
  const name = current?.metadata.name ?? '';
  return complete
    ? {
        type: 'Progressing',
        status: 'True',
        reason: 'NewReplicaSetAvailable',
        message: `ReplicaSet "${name}" has successfully progressed.`,
      }
    : {
        type: 'Progressing',
        status: 'True',
        reason: 'ReplicaSetUpdated',
        message: `ReplicaSet "${name}" is progressing.`,
      };
}

function total(sets: readonly ReplicaSet[], field: 'replicas' | 'readyReplicas'): number {
  return sets.reduce((sum, set) => sum + (set.status?.[field] ?? 0), 0);
}
