import { recoverCommand } from '../cluster/cluster.ts';
import { type Finding, finding } from '../model/finding.ts';
import type { FoundLeftover } from './leftovers.ts';
import type { Look } from './prepare.ts';

/** What to tell about marks of other runs that are not in the way: nobody else may be looking. */
export async function leftElsewhere(
  { world, runId, signal }: Pick<Look, 'world' | 'runId' | 'signal'>,
  found: readonly FoundLeftover[],
): Promise<readonly Finding[]> {
  const others = found.filter((it) => it.run !== runId);
  if (others.length === 0) return [];
  const live = await world.liveRuns(signal, false);
  const dead = others.filter((it) => !live.has(it.run));
  return [...new Set(dead.map((it) => it.run))].map((run) => {
    const places = [...new Set(dead.filter((it) => it.run === run).map((it) => it.where))].join(', ');
    const message = `Run ${run} is over and has left its marks on ${places}, which this experiment does not touch.`;
    return finding('LEFTOVERS_ELSEWHERE', message, undefined, `Run \`${recoverCommand(world.cluster, run)}\`.`);
  });
}
