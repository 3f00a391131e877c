import { recoverCommand } from '../../cluster/cluster.ts';
import type { DriverContext } from '../../faults/driver.ts';
import { finding } from '../../model/finding.ts';
import { type ClusterState, readClusterState } from '../leftovers.ts';
import { type Check, look, notLookedAt, ofFinding, ok, someOf } from './check.ts';

/** What runs have left behind, and who holds locks. */
export async function checkMarks(context: DriverContext): Promise<readonly Check[]> {
  return look('marks and locks of runs', async () => {
    const state = await readClusterState(context.cluster, context.signal);
    return [...checkLeftovers(state, context), ...checkLocks(state, context)];
  });
}

function checkLeftovers({ leftovers, unseen }: ClusterState, { cluster }: DriverContext): readonly Check[] {
  const what = 'leftovers';
  const dead = leftovers.filter((it) => it.isDead);
  const hidden = unseen.map((why) => notLookedAt(what, `Marks of ${why}`));
  if (dead.length > 0) {
    const names = someOf([...new Set(dead.map(({ where, run }) => `${where} (run ${run})`))]);
    const message = `Dead runs left their marks on ${names}.`;
    return [...hidden, ofFinding(what, finding('LEFTOVERS_FOUND', message, undefined, recoverCommand(cluster)))];
  }
  const inUse = someOf(leftovers.map(({ where, run }) => `${where} by run ${run}`));
  const seen = unseen.length === 0 ? 'Nothing' : 'Nothing that could be seen';
  return [...hidden, ok(what, leftovers.length === 0 ? `${seen} is marked by a run.` : `In use: ${inUse}.`)];
}

function checkLocks({ leases }: ClusterState, { cluster }: DriverContext): readonly Check[] {
  const dead = leases.filter((it) => it.isDead).map(({ key, holder }) => `${key} (${holder})`);
  if (dead.length > 0) {
    const message = `Locks of dead runs: ${someOf(dead)}.`;
    return [ofFinding('locks', finding('DEAD_LOCKS', message, undefined, recoverCommand(cluster)))];
  }
  const held = leases.map(({ key, holder }) => `${key} by ${holder}`);
  return [ok('locks', held.length === 0 ? 'No target is locked.' : `Held: ${someOf(held)}.`)];
}
