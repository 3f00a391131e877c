import type { Threshold } from '../model/threshold.ts';

/** The value that a limit keeps a number from falling below, if it does. */
export function lowerLimit(threshold: Threshold): number | undefined {
  if (threshold.kind === 'range') return threshold.low;
  return threshold.op === '<' || threshold.op === '<=' ? undefined : threshold.value;
}

/** The value that a limit keeps a number from rising above, if it does. */
export function upperLimit(threshold: Threshold): number | undefined {
  if (threshold.kind === 'range') return threshold.high;
  return threshold.op === '>' || threshold.op === '>=' ? undefined : threshold.value;
}
