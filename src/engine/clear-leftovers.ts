import { type Cluster, recoverCommand } from '../cluster/cluster.ts';
import { HoldfastError } from '../model/errors.ts';
import { type ConnectedLab, write } from './lab.ts';
import type { FoundLeftover } from './leftovers.ts';

/** Refuses (or recovers) what earlier runs left on the objects that this run will touch. */
export async function clearLeftovers(
  lab: ConnectedLab,
  found: readonly FoundLeftover[],
): Promise<'clear' | 'recovered'> {
  if (found.length === 0) return 'clear';
  const live = await lab.world.liveRuns(lab.signal);
  const held = found.find((it) => it.run !== lab.runId && live.has(it.run));
  if (held !== undefined) throw heldByLiveRun(held);
  if (!lab.recover) throw leftoversFound(found, lab.world.cluster);
  for (const leftover of found) {
    await write(lab, `Recovering ${leftover.where}`, leftover.undo);
    lab.emit({ type: 'note', text: `recovered ${leftover.where} from ${leftover.what} of run ${leftover.run}` });
  }
  return 'recovered';
}

/** The refusal to touch what dead runs have left marked. */
export function leftoversFound(found: readonly FoundLeftover[], cluster: Cluster): HoldfastError {
  const runs = [...new Set(found.map((it) => it.run))].join(', ');
  return new HoldfastError('LEFTOVERS_FOUND', {
    message: `${found.map((it) => it.where).join(', ')} still carries what run ${runs} left behind.`,
    hint: `Run \`${recoverCommand(cluster)}\`, or give --recover to do so before injecting.`,
  });
}

function heldByLiveRun({ where, run }: FoundLeftover): HoldfastError {
  return new HoldfastError('LOCKED', {
    message: `Run ${run} is at work on it.`,
    where,
    hint: 'Wait until it has ended; `holdfast status` shows it.',
  });
}
