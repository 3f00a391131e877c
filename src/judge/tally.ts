import type { Millis } from '../model/clock.ts';
import type { Expectation, ProbeErrorKind } from '../model/hypothesis.ts';
import { HELD_UP_AFTER } from '../model/runner-load.ts';
import { isDropped, latencyOf, type Sample } from '../model/sample.ts';
import { createLatencyStore, type LatencyStore } from '../stats/latency-store.ts';
import type { Known } from './decide.ts';
import { isGood, isGoodButForTime } from './good-request.ts';
import { time } from './words.ts';

/** Sent this much after it was due, a request is late, and its latency tells more about us than about the system. */
export const LATE_AFTER = HELD_UP_AFTER;

/** More requests than this share leaving late, and a broken limit on time may be our own doing. */
const LATE_SHARE = 0.01;

/** The samples of one probe in one phase, counted. */
export interface Tally {
  /** Sent, ended and not straddling a boundary. */
  readonly judged: readonly Sample[];
  readonly dropped: number;
  readonly late: number;
  readonly good: number;
  /** Those that are good, and those that nothing but our own delays may have made bad. */
  readonly goodButForTime: number;
  /** Latencies of answered requests. */
  readonly answered: LatencyStore;
  /** The same, and for each request that timed out its time so far: a lower bound. */
  readonly atLeast: LatencyStore;
  /** As `atLeast`, without what may be our own doing: what the system took for certain. */
  readonly sinceSent: LatencyStore;
  /** Why times may be our own doing, as a sentence goes on after "but"; absent where they can be believed. */
  readonly timeDoubt?: string;
  /** So many left late that the waits before may have made the figures. */
  readonly tooLate: boolean;
  /** By how much our own standing still may have delayed any answer. */
  readonly doubtMs: Millis;
  readonly statuses: Readonly<Record<string, number>>;
  readonly errors: Readonly<Partial<Record<ProbeErrorKind, number>>>;
}

/** Counts what happened; straddling requests are left out of everything. */
export function tally(samples: readonly Sample[], expect: Expectation, doubtMs: Millis = 0): Tally {
  const complete = samples.filter((sample) => sample.straddles !== true);
  const judged = complete.filter((sample) => !isDropped(sample));
  const answered = createLatencyStore();
  const atLeast = createLatencyStore();
  const sinceSent = createLatencyStore();
  const statuses: Record<string, number> = {};
  const errors: Partial<Record<ProbeErrorKind, number>> = {};
  for (const sample of judged) {
    if (sample.error !== undefined) errors[sample.error] = (errors[sample.error] ?? 0) + 1;
    else if (sample.status !== undefined) statuses[sample.status] = (statuses[sample.status] ?? 0) + 1;
    if (sample.error === undefined) answered.record(latencyOf(sample));
    if (sample.error !== undefined && sample.error !== 'timeout') continue;
    atLeast.record(latencyOf(sample));
    sinceSent.record(surelyTook(sample, doubtMs));
  }
  const late = judged.filter((sample) => sendLag(sample) > LATE_AFTER).length;
  const tooLate = late > judged.length * LATE_SHARE;
  const timeDoubt = whyDoubted(tooLate, doubtMs);
  return {
    judged,
    dropped: complete.length - judged.length,
    late,
    good: judged.filter((sample) => isGood(sample, expect)).length,
    goodButForTime: judged.filter((sample) => isGood(sample, expect) || mayBeGood(sample, expect, doubtMs)).length,
    answered,
    atLeast,
    sinceSent,
    ...(timeDoubt !== undefined && { timeDoubt }),
    tooLate,
    doubtMs,
    statuses,
    errors,
  };
}

/**
 * What is known of the time that a request took: a timed-out one anything longer than it was given, one with another
 * error nothing. Where times are in doubt, only what cannot have been our own doing is the system's for certain.
 */
export function timeOf(sample: Sample, { timeDoubt, doubtMs }: Tally): Known | undefined {
  if (sample.error !== undefined && sample.error !== 'timeout') return undefined;
  const latency = latencyOf(sample);
  const low = timeDoubt === undefined ? latency : surelyTook(sample, doubtMs);
  return { low, high: sample.error === undefined ? latency : Number.POSITIVE_INFINITY };
}

/** Nothing but our own delays may have made it too slow. */
function mayBeGood(sample: Sample, expect: Expectation, doubtMs: Millis): boolean {
  const { within = Number.POSITIVE_INFINITY } = expect;
  return isGoodButForTime(sample, expect) && surelyTook(sample, doubtMs) <= within;
}

/** Without the wait before it left, and without the longest time that we may not have looked at its answer. */
function surelyTook(sample: Sample, doubtMs: Millis): Millis {
  return Math.max(0, latencyOf(sample) - sendLag(sample) - doubtMs);
}

function whyDoubted(isLate: boolean, doubtMs: Millis): string | undefined {
  if (isLate) return 'requests left too late';
  return doubtMs > 0 ? `this machine stood still too long (up to ${time(doubtMs)} may be its own)` : undefined;
}

/** How long after it was due a request left, in milliseconds. */
export function sendLag(sample: Sample): number {
  return (sample.sent ?? sample.end) - sample.due;
}
