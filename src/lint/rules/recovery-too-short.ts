import { formatDuration } from '../../model/duration.ts';
import type { Experiment } from '../../model/experiment.ts';
import type { LintContext, Remark } from '../rule.ts';

/** What a delay still holds when it is taken back goes on being held for as long, and so do those who wait for it. */
export function recoveryTooShort({ faults, phases }: Experiment, { effectOf }: LintContext): readonly Remark[] {
  const { within } = phases.recovery;
  const [worst] = faults
    .map((fault) => ({ name: fault.name, delay: effectOf(fault).delay }))
    .sort((a, b) => b.delay - a.delay);
  if (worst === undefined || within >= worst.delay) return [];
  const delay = formatDuration(worst.delay);
  return [
    {
      code: 'RECOVERY_TOO_SHORT',
      message: `Recovery must come within ${formatDuration(within)}, but what "${worst.name}" holds when it ends is held for up to ${delay} more, with the connections and threads that wait for it.`,
      path: ['spec', 'phases', 'recovery', 'within'],
      hint: `Allow more than ${delay}, or a system that only drains is called broken.`,
    },
  ];
}
