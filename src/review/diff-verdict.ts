import type { Direction } from '../model/run-diff.ts';
import type { Verdict } from '../model/verdict.ts';

/** By what the verdict says of the system: it held, it has a known weakness, nothing is known, it broke, it was left dirty. */
const BADNESS: Readonly<Record<Verdict, number>> = {
  passed: 0,
  'unexpected-pass': 0,
  'known-weakness': 1,
  skipped: 2,
  locked: 2,
  refused: 2,
  interrupted: 2,
  error: 2,
  inconclusive: 2,
  failed: 3,
  'rollback-failed': 4,
};

/** How the second of two verdicts is beside the first. */
export function compareVerdicts(before: Verdict, after: Verdict): Direction {
  if (before === after) return 'same';
  const more = BADNESS[after] - BADNESS[before];
  if (more === 0) return 'changed';
  return more > 0 ? 'worse' : 'better';
}
