import type { Millis } from '../model/clock.ts';
import type { CliffVerdict } from '../model/conclusion.ts';

/** One run under one delay. */
export interface Trial {
  readonly delay: Millis;
  readonly verdict: CliffVerdict;
}

/** What the runs under one delay come to. */
export interface Settled extends Trial {
  readonly tries: number;
  /** They contradict each other. */
  readonly flaky: boolean;
  /** One run more is needed to tell. */
  readonly again: boolean;
}

/** A run that decides nothing is repeated once; two that contradict each other are decided by a third. By delay. */
export function settle(trials: readonly Trial[]): readonly Settled[] {
  const delays = [...new Set(trials.map((it) => it.delay))].sort((a, b) => a - b);
  return delays.map((delay) => {
    const verdicts = trials.filter((it) => it.delay === delay).map((it) => it.verdict);
    const holds = verdicts.filter((it) => it === 'holds').length;
    const fails = verdicts.filter((it) => it === 'fails').length;
    const flaky = holds > 0 && fails > 0;
    return {
      delay,
      verdict: holds === fails ? 'open' : holds > fails ? 'holds' : 'fails',
      tries: verdicts.length,
      flaky,
      again: holds + fails === 0 ? verdicts.length < 2 : holds === fails && verdicts.length < 4,
    };
  });
}
