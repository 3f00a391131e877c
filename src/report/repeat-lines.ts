import type { RepeatedProbe, RepeatSummary } from '../model/repeat.ts';
import { plural } from '../util/plural.ts';

/** `held in 4 of 5 runs, 95 % interval 28 .. 99 %`; runs in which it was not decided are told apart. */
export function heldLine({ held, decided, confidence, between: [low, high] }: RepeatedProbe): string {
  if (decided === 0) return 'not decided in any run';
  const interval = `${percent(confidence)} % interval ${percent(low)} .. ${percent(high)} %`;
  return `held in ${held} of ${plural(decided, 'run')}, ${interval}`;
}

/** `4 passed, 1 failed: flaky`. */
export function roundsLine({ verdicts, flaky }: RepeatSummary): string {
  const list = Object.entries(verdicts).map(([verdict, count]) => `${count} ${verdict}`);
  return `${list.join(', ')}${flaky ? ': flaky' : ''}`;
}

/** Whole percents, rounded down: what never was is not written as 100. */
function percent(share: number): number {
  return share > 0.999 && share < 1 ? Math.floor(share * 10_000) / 100 : Math.floor(share * 100 + 1e-9);
}
