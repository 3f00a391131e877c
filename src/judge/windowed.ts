import type { Millis } from '../model/clock.ts';
import type { Expectation, ProbeErrorKind } from '../model/hypothesis.ts';
import { latencyOf, type Sample } from '../model/sample.ts';
import { isGood, isGoodButForTime } from './good-request.ts';
import { LATE_AFTER, sendLag } from './tally.ts';

/** What a sliding window keeps of a request that has ended. */
export interface Windowed {
  readonly end: Millis;
  readonly good: boolean;
  /** Absent where there was an error. */
  readonly status?: number;
  readonly error?: ProbeErrorKind;
  /** Of an answer; of a request that timed out the time that it had at least. Absent after other errors. */
  readonly latency?: Millis;
}

/** Where a request left late, the wait before it is ours, and no reason to stop: it is taken off. */
export function readWindowed(sample: Sample, expect: Expectation): Windowed {
  const { end, status, error } = sample;
  const lag = sendLag(sample);
  const took = latencyOf(sample) - (lag > LATE_AFTER ? lag : 0);
  const inTime = lag > LATE_AFTER && took <= (expect.within ?? 0) && isGoodButForTime(sample, expect);
  return {
    end,
    good: inTime || isGood(sample, expect),
    ...(error === undefined ? { status } : { error }),
    ...((error === undefined || error === 'timeout') && { latency: took }),
  };
}
