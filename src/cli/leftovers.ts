import type { Cluster } from '../cluster/cluster.ts';
import { type FoundLease, listLeases } from '../cluster/lease/list-leases.ts';
import { thisHolder } from '../cluster/lease/this-holder.ts';
import { systemClock } from '../engine/clock.ts';
import { type FoundLeftover, findLeftovers } from '../engine/leftovers.ts';
import { createFaultDrivers } from '../faults/registry.ts';
import { createSetupDriver } from '../undo/setup-driver.ts';

/** What runs have in the cluster. A leftover is dead when no live lock belongs to its run. */
export interface ClusterState {
  readonly leftovers: readonly (FoundLeftover & { readonly isDead: boolean })[];
  readonly leases: readonly FoundLease[];
  /** Kinds of fault whose marks the user may not list, each with the API server's words. */
  readonly unseen: readonly string[];
}

/** Reads every mark and every lock of Holdfast in a cluster. */
export async function readClusterState(cluster: Cluster, signal: AbortSignal): Promise<ClusterState> {
  const parts = { drivers: createFaultDrivers(), setup: createSetupDriver() };
  // Marks first: a run that starts in between then has its lock seen, and is not taken for dead.
  const unseen: string[] = [];
  const found = await findLeftovers(parts, { cluster, clock: systemClock, signal }, (driver, { message }) => {
    unseen.push(`${driver}: ${message}`);
  });
  const leases = await listLeases({ cluster, clock: systemClock, signal, holder: thisHolder('status') });
  const live = new Set(leases.filter((it) => !it.isDead).map((it) => it.run));
  return { leftovers: found.map((it) => ({ ...it, isDead: !live.has(it.run) })), leases, unseen };
}
