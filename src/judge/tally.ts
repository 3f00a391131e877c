import type { Expectation, ProbeErrorKind } from '../model/hypothesis.ts';
import { isDropped, latencyOf, type Sample } from '../model/sample.ts';
import { createLatencyStore, type LatencyStore } from '../stats/latency-store.ts';
import type { Known } from './decide.ts';
import { isGood, isGoodButForTime } from './good-request.ts';

/** Sent this much after it was due, a request is late, and its latency tells more about us than about the system. */
export const LATE_AFTER = 50;

/** The samples of one probe in one phase, counted. */
export interface Tally {
  /** Sent, ended and not straddling a boundary. */
  readonly judged: readonly Sample[];
  readonly dropped: number;
  readonly late: number;
  readonly good: number;
  readonly goodButForTime: number;
  /** Latencies of answered requests. */
  readonly answered: LatencyStore;
  /** The same, and for each request that timed out its time so far: a lower bound. */
  readonly atLeast: LatencyStore;
  /** As `atLeast`, but from the moment each request really left: what the system took for certain. */
  readonly sinceSent: LatencyStore;
  readonly statuses: Readonly<Record<string, number>>;
  readonly errors: Readonly<Partial<Record<ProbeErrorKind, number>>>;
}

/** Counts what happened; straddling requests are left out of everything. */
export function tally(samples: readonly Sample[], expect: Expectation): Tally {
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
    sinceSent.record(latencyOf(sample) - sendLag(sample));
  }
  return {
    judged,
    dropped: complete.length - judged.length,
    late: judged.filter((sample) => sendLag(sample) > LATE_AFTER).length,
    good: judged.filter((sample) => isGood(sample, expect)).length,
    goodButForTime: judged.filter((sample) => isGoodButForTime(sample, expect)).length,
    answered,
    atLeast,
    sinceSent,
    statuses,
    errors,
  };
}

/**
 * What is known of the time that a request took: a timed-out one anything longer than it was given, one with another
 * error nothing. Where requests left late, the wait before may be ours, and only the rest is the system's for certain.
 */
export function timeOf(sample: Sample, tooLate: boolean): Known | undefined {
  if (sample.error !== undefined && sample.error !== 'timeout') return undefined;
  const latency = latencyOf(sample);
  const low = tooLate ? latency - sendLag(sample) : latency;
  return { low, high: sample.error === undefined ? latency : Number.POSITIVE_INFINITY };
}

/** How long after it was due a request left, in milliseconds. */
export function sendLag(sample: Sample): number {
  return (sample.sent ?? sample.end) - sample.due;
}
