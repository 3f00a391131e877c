import type { Cluster } from '../cluster/cluster.ts';
import { type FoundLease, listLeases } from '../cluster/lease/list-leases.ts';
import { thisHolder } from '../cluster/lease/this-holder.ts';
import { systemClock } from '../engine/clock.ts';
import type { Millis } from '../model/clock.ts';
import { type FoundLeftover, findLeftovers } from '../engine/leftovers.ts';
import { createFaultDrivers } from '../faults/registry.ts';
import { createSetupDriver } from '../undo/setup-driver.ts';

/** What runs have in the cluster. A leftover is dead when no live lock belongs to its run. */
export interface ClusterState {
  readonly leftovers: readonly (FoundLeftover & { readonly isDead: boolean })[];
  readonly leases: readonly FoundLease[];
  /** Kinds of fault whose marks the user may not list, each with the API server's words. */
  readonly unseen: readonly string[];
  /** Kinds that the user may not list, in which somebody with more rights may have left a setup; no dead lock names one. */
  readonly hidden: readonly string[];
}

/**
 * Where a run's lock is gone, somebody deleted it; the run notices within 15 s and takes everything back by itself. Marks
 * written a minute ago without a lock are of a run that did not.
 */
const GRACE: Millis = 60_000;

/**
 * Reads every mark and every lock of Holdfast in a cluster. With `comesAgain` what has not expired yet is left to the next
 * time instead of being waited for, and so are young marks that no lock belongs to.
 */
export async function readClusterState(
  cluster: Cluster,
  signal: AbortSignal,
  comesAgain = false,
): Promise<ClusterState> {
  const parts = { drivers: createFaultDrivers(), setup: createSetupDriver() };
  // Marks first: a run that starts in between then has its lock seen, and is not taken for dead.
  const unseen: string[] = [];
  const kinds = new Map<string, string>();
  const found = await findLeftovers(
    parts,
    { cluster, clock: systemClock, signal },
    (driver, { message }) => void unseen.push(`${driver}: ${message}`),
    (kind, { message }) => void kinds.set(kind, message),
  );
  const leases = await listLeases({ cluster, clock: systemClock, signal, holder: thisHolder('status'), comesAgain });
  const live = new Set(leases.filter((it) => !it.isDead).map((it) => it.run));
  const dead = new Set(leases.map((it) => it.run).filter((run) => !live.has(run)));
  for (const { key, run } of leases.filter((it) => !live.has(it.run))) {
    const kind = [...kinds.keys()].find((it) => it.toLowerCase() === key.split(':')[0]);
    if (kind !== undefined) unseen.push(`setup of run ${run} (lock ${key}): ${kinds.get(kind)}`);
  }
  const orphaned = found.some((it) => !live.has(it.run) && !dead.has(it.run));
  const now = comesAgain && orphaned ? await cluster.serverTime({ signal }) : undefined;
  const isYoung = ({ run, markedAt }: FoundLeftover): boolean =>
    !dead.has(run) && now !== undefined && markedAt !== undefined && now - markedAt < GRACE;
  const leftovers = found.map((it) => ({ ...it, isDead: !live.has(it.run) && !isYoung(it) }));
  return { leftovers, leases, unseen, hidden: [...kinds.keys()].sort() };
}
