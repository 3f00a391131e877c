import { formatDuration } from '../../model/duration.ts';
import type { Fault, PodKillFaultSpec } from '../../model/fault.ts';
import type { Effect } from '../driver.ts';

/** One line for people, e.g. `kill 1 pod with app=reviews every 10s`. */
export function titleOf({ spec }: Fault<PodKillFaultSpec>): string {
  const { select, take, gracePeriod, every } = spec;
  const which =
    select.kind === 'names'
      ? select.names.join(', ')
      : `with ${Object.entries(select.labels)
          .map(([key, value]) => `${key}=${value}`)
          .join(',')}`;
  const many =
    take.kind === 'all'
      ? 'all pods'
      : take.kind === 'percent'
        ? `${take.percent}% of the pods`
        : `${take.count} pod${take.count === 1 ? '' : 's'}`;
  const grace = gracePeriod === undefined ? '' : ` with ${formatDuration(gracePeriod)} of grace`;
  const again = every === undefined ? '' : ` every ${formatDuration(every)}`;
  return `kill ${many} ${select.kind === 'names' ? 'of ' : ''}${which}${grace}${again}`;
}

/** A deletion is seen as soon as it is answered; the API server's own calls take the time. */
export function effectOf(): Effect {
  return { delay: 0, heldUp: 0, deadline: EFFECT_MS, always: true };
}

const EFFECT_MS = 10_000;
