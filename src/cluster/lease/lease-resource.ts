import type { Cluster, Resource } from '../cluster.ts';

/** The resource of Leases, which every cluster since 1.14 serves. */
export async function leaseResource(cluster: Cluster, signal: AbortSignal): Promise<Resource> {
  return (
    (await cluster.resource('coordination.k8s.io', 'leases', { signal })) ??
    (await cluster.resourceOf({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' }, { signal }))
  );
}
