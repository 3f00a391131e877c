import type { Millis } from './clock.ts';
import type { ProbeErrorKind } from './hypothesis.ts';

/** Where the time of one request went. A part that did not happen (reused connection, no TLS) is absent. */
export interface RequestTimings {
  readonly dns?: Millis;
  readonly connect?: Millis;
  readonly tls?: Millis;
  /** Connection ready -> request handed to the kernel. */
  readonly send?: Millis;
  /** Request sent -> first byte of the answer. */
  readonly wait?: Millis;
  /** First byte -> end. */
  readonly receive?: Millis;
}

/** One per-request expectation that did not hold. `detail` names expected and seen in one line. */
export interface FailedCheck {
  readonly check: 'status' | 'within' | 'body' | 'headers';
  readonly detail: string;
}

/** One planned request and what became of it. All instants are monotonic milliseconds since the run started. */
export interface Sample {
  readonly due: Millis;
  /** When it really left; absent when it was dropped because `maxInFlight` requests were under way. */
  readonly sent?: Millis;
  readonly end: Millis;
  readonly status?: number;
  readonly error?: ProbeErrorKind;
  /** The system's own words for `error`, e.g. `ECONNREFUSED 127.0.0.1:80`. */
  readonly errorDetail?: string;
  readonly timings?: RequestTimings;
  readonly bytes?: number;
  /** A first try on a reused connection died before any byte of an answer; this is what came of a second, fresh one. */
  readonly retried?: true;
  /** Empty or absent when every per-request expectation held. */
  readonly failed?: readonly FailedCheck[];
  /** A phase boundary fell inside it (a stop or a crash): kept, never judged. */
  readonly straddles?: true;
}

/** A request that has left and of which nothing else is known yet. */
export type Flight = Required<Pick<Sample, 'due' | 'sent'>>;

/** Latency counts from the moment the request was due (promise 4). */
export function latencyOf(sample: Sample): Millis {
  return sample.end - sample.due;
}

/** A dropped request was planned but never left. */
export function isDropped(sample: Sample): boolean {
  return sample.sent === undefined;
}
