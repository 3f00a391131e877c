import { HoldfastError } from '../model/errors.ts';
import { type ConnectedLab, type PreparedLab, contextOf, uncut } from './lab.ts';
import { type FoundLeftover, nameOf } from './leftovers.ts';

/** Refuses (or recovers) what earlier runs left on the objects that this run will touch. */
export async function clearLeftovers(
  lab: ConnectedLab,
  found: readonly FoundLeftover[],
): Promise<'clear' | 'recovered'> {
  if (found.length === 0) return 'clear';
  const live = await lab.world.liveRuns(lab.signal);
  const held = found.find((it) => it.run !== lab.runId && live.has(it.run));
  if (held !== undefined) throw heldByLiveRun(held);
  if (!lab.recover) throw leftoversFound(found, lab.world.cluster.context);
  for (const leftover of found) {
    await leftover.undo(contextOf(lab, uncut()));
    lab.emit({ type: 'note', text: `recovered ${leftover.where} from ${leftover.what} of run ${leftover.run}` });
  }
  return 'recovered';
}

/** The objects that the plan writes to, and those its findings are about. */
export function touchedBy({ plan, setup }: PreparedLab): ReadonlySet<string> {
  const changes = [...setup.changes, ...plan.faults.flatMap((it) => it.changes)];
  return new Set([...changes.map((it) => nameOf(it.object)), ...plan.findings.flatMap((it) => it.where ?? [])]);
}

function leftoversFound(found: readonly FoundLeftover[], context: string): HoldfastError {
  const runs = [...new Set(found.map((it) => it.run))].join(', ');
  return new HoldfastError('LEFTOVERS_FOUND', {
    message: `${found.map((it) => it.where).join(', ')} still carries what run ${runs} left behind.`,
    hint: `Run \`holdfast recover --context ${context}\`, or give --recover to do so before injecting.`,
  });
}

function heldByLiveRun({ where, run }: FoundLeftover): HoldfastError {
  return new HoldfastError('LOCKED', {
    message: `Run ${run} is at work on it.`,
    where,
    hint: 'Wait until it has ended; `holdfast status` shows it.',
  });
}
