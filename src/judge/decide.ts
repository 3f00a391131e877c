import type { Threshold } from '../model/threshold.ts';

/** What is known about a number: it lies between the two, which are equal when it was measured exactly. */
export interface Known {
  readonly low: number;
  readonly high: number;
}

export type Decision = 'holds' | 'broken' | 'open';

/** A number that is known exactly. */
export function exactly(value: number): Known {
  return { low: value, high: value };
}

/** Whether a limit holds for every, for no, or only for some of the values a number can still have. */
export function decide(threshold: Threshold, known: Known): Decision {
  if (!canHold(threshold, known)) return 'broken';
  return mustHold(threshold, known) ? 'holds' : 'open';
}

/** True when some value in the interval keeps the limit. */
export function canHold(threshold: Threshold, { low, high }: Known): boolean {
  if (threshold.kind === 'range') return high >= threshold.low && low <= threshold.high;
  switch (threshold.op) {
    case '<':
      return low < threshold.value;
    case '<=':
      return low <= threshold.value;
    case '>':
      return high > threshold.value;
    case '>=':
      return high >= threshold.value;
    case '==':
      return low <= threshold.value && high >= threshold.value;
  }
}

function mustHold(threshold: Threshold, { low, high }: Known): boolean {
  if (threshold.kind === 'range') return low >= threshold.low && high <= threshold.high;
  if (threshold.op === '==') return low === threshold.value && high === threshold.value;
  return canHold(threshold, exactly(low)) && canHold(threshold, exactly(high));
}
