import { formatDuration } from '../../model/duration.ts';
import type { Fault, PodKillFaultSpec } from '../../model/fault.ts';
import type { Effect } from '../driver.ts';

/** One line for people, e.g. `kill 1 of the pods with app=reviews every 10s`. */
export function titleOf({ spec }: Fault<PodKillFaultSpec>): string {
  const { select, take, gracePeriod, every } = spec;
  const share = take.kind === 'percent' ? `${take.percent}%` : take.kind === 'count' ? `${take.count}` : 'all';
  const grace = gracePeriod === undefined ? '' : ` with ${formatDuration(gracePeriod)} of grace`;
  const again = every === undefined ? '' : ` every ${formatDuration(every)}`;
  return `kill ${share} of the pods ${whichOf(select)}${grace}${again}`;
}

function whichOf(select: PodKillFaultSpec['select']): string {
  if (select.kind === 'names') return select.names.join(', ');
  const labels = Object.entries(select.labels).map(([key, value]) => `${key}=${value}`);
  return `with ${labels.join(',')}`;
}

/** A deletion is seen as soon as it is answered; the API server's own calls take the time. */
export function effectOf(): Effect {
  return { delay: 0, heldUp: 0, deadline: EFFECT_MS, always: true };
}

const EFFECT_MS = 10_000;
