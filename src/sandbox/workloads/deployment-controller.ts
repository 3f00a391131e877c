import type { Store } from '../store.ts';
import { deploymentStatus } from './deployment-status.ts';
import { controllerReference, isOwnedBy, splitKey } from './kinds.ts';
import type { Deployment, ReplicaSet } from './kinds.ts';
import { templateHash } from './names.ts';
import { nextSizes, portion } from './rolling-update.ts';
import { watchOwners } from './watch-owners.ts';

const REVISION = 'deployment.kubernetes.io/revision';
const HASH = 'pod-template-hash';

/** Keeps one ReplicaSet per pod template and rolls from the old ones to the newest. Returns how to stop. */
export function startDeploymentController(store: Store): () => void {
  return watchOwners(store, 'deployments.apps', 'replicasets.apps', (key) => reconcile(store, key));
}

function reconcile(store: Store, key: string): void {
  const { namespace, name } = splitKey(key);
  const deployment = store.get('deployments.apps', namespace, name) as Deployment | undefined;
  if (!deployment || deployment.metadata.deletionTimestamp !== undefined) return;
  if (deployment.spec.paused !== true) {
    const current = currentReplicaSet(store, deployment);
    noteRevision(store, deployment, current);
    resize(store, deployment, current);
  }
  const owned = replicaSetsOf(store, deployment);
  const now = store.get('deployments.apps', namespace, name) as Deployment;
  const status = deploymentStatus(now, owned, owned.find(isFor(now)));
  if (JSON.stringify(status) !== JSON.stringify(now.status)) {
    store.updateStatus('deployments.apps', namespace, name, status);
  }
}

function replicaSetsOf(store: Store, deployment: Deployment): ReplicaSet[] {
  const all = store.list('replicasets.apps', deployment.metadata.namespace) as ReplicaSet[];
  return all.filter((set) => isOwnedBy(set, deployment) && set.metadata.deletionTimestamp === undefined);
}

function isFor(deployment: Deployment): (set: ReplicaSet) => boolean {
  const hash = templateHash(deployment.spec.template);
  return (set) => set.metadata.labels?.[HASH] === hash;
}

/** The ReplicaSet of the template as it stands, made or brought to the newest revision. */
function currentReplicaSet(store: Store, deployment: Deployment): ReplicaSet {
  const owned = replicaSetsOf(store, deployment);
  const existing = owned.find(isFor(deployment));
  const newest = Math.max(0, ...owned.filter((set) => set !== existing).map(revisionOf));
  if (!existing) return createReplicaSet(store, deployment, newest + 1);
  if (revisionOf(existing) > newest) return existing;
  const annotations = { ...existing.metadata.annotations, [REVISION]: `${newest + 1}` };
  const changed = { ...existing, metadata: { ...existing.metadata, annotations } };
  return store.update('replicasets.apps', changed) as ReplicaSet;
}

function createReplicaSet(store: Store, deployment: Deployment, revision: number): ReplicaSet {
  const { template, selector, replicas = 1 } = deployment.spec;
  const hash = templateHash(template);
  const labels = { ...template.metadata?.labels, [HASH]: hash };
  return store.create('replicasets.apps', {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      namespace: deployment.metadata.namespace,
      labels,
      annotations: {
        ...withoutLastApplied(deployment.metadata.annotations),
        'deployment.kubernetes.io/desired-replicas': `${replicas}`,
        [REVISION]: `${revision}`,
      },
      ownerReferences: controllerReference(deployment),
    },
    spec: {
      replicas: 0,
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [HASH]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
    status: { replicas: 0 },
  }) as ReplicaSet;
}

function resize(store: Store, deployment: Deployment, current: ReplicaSet): void {
  const replicas = deployment.spec.replicas ?? 1;
  const { type, rollingUpdate } = deployment.spec.strategy ?? {};
  const maxSurge = portion(rollingUpdate?.maxSurge, replicas, 'up');
  const maxUnavailable = portion(rollingUpdate?.maxUnavailable, replicas, 'down');
  const all = replicaSetsOf(store, deployment);
  const sizes = nextSizes(
    // Both at zero would never move; Kubernetes then allows one to be unavailable.
    {
      replicas,
      recreate: type === 'Recreate',
      maxSurge,
      maxUnavailable: maxSurge + maxUnavailable === 0 ? 1 : maxUnavailable,
    },
    generation(current),
    all.filter((set) => set.metadata.uid !== current.metadata.uid).map(generation),
  );
  for (const set of all) {
    const size = sizes.get(set.metadata.name);
    if (size === undefined || size === (set.spec.replicas ?? 1)) continue;
    store.update('replicasets.apps', { ...set, spec: { ...set.spec, replicas: size } });
  }
}

function generation(set: ReplicaSet): { name: string; wanted: number; ready: number } {
  return { name: set.metadata.name, wanted: set.spec.replicas ?? 1, ready: set.status?.readyReplicas ?? 0 };
}

function noteRevision(store: Store, deployment: Deployment, current: ReplicaSet): void {
  const revision = current.metadata.annotations?.[REVISION] ?? '1';
  if (deployment.metadata.annotations?.[REVISION] === revision) return;
  const annotations = { ...deployment.metadata.annotations, [REVISION]: revision };
  store.update('deployments.apps', { ...deployment, metadata: { ...deployment.metadata, annotations } });
}

function revisionOf(set: ReplicaSet): number {
  return Number(set.metadata.annotations?.[REVISION] ?? 0);
}

function withoutLastApplied(annotations: Record<string, string> | undefined): Record<string, string> {
  const { 'kubectl.kubernetes.io/last-applied-configuration': _, ...rest } = annotations ?? {};
  return rest;
}
