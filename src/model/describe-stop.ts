import { formatDuration } from './duration.ts';
import type { Stopped } from './stop-condition.ts';

/** `stopped after 4.2s of 30s by "the page is down": good requests < 50%: 10% (2 of 20) in the last 5s`. */
export function describeStop({ condition, stage, afterMs, ofMs, what, limit, seen, window }: Stopped): string {
  const figures = `${what} ${limit}: ${seen} in the last ${formatDuration(window)}`;
  const after = formatDuration(afterMs < 1000 ? Math.round(afterMs) : Math.round(afterMs / 100) * 100);
  switch (stage) {
    case 'baseline':
      return `stopped ${after} into the baseline, with nothing injected, by "${condition}": ${figures}`;
    case 'proof':
      return `stopped after ${after}, before the faults were shown to bite, by "${condition}": ${figures}`;
    case 'fault':
      return `stopped after ${after}${ofMs === undefined ? '' : ` of ${formatDuration(ofMs)}`} by "${condition}": ${figures}`;
  }
}
