import type { Ingress } from '../cluster/ingress.ts';
import type { Millis } from '../model/clock.ts';
import type { Expectation, HttpRequestSpec, Pacing, SessionSpec } from '../model/hypothesis.ts';
import type { RunnerLoad } from '../model/runner-load.ts';
import type { Flight, Sample } from '../model/sample.ts';

/** A stream of requests to be sent until stopped (open model) or until its burst is done (closed model). */
export interface Stream {
  /** Unique within the sampler; the probe's name, or one made up for a proof probe. */
  readonly id: string;
  readonly request: HttpRequestSpec;
  readonly pacing: Pacing;
  /** The per-request part (status, within, body, headers, errors) is checked where the answer arrives. */
  readonly expect: Expectation;
  /** Open model: no request is planned that would be due this long after the start or later. Default: until stopped. */
  readonly duration?: Millis;
  /** Closed model: begin the burst again when it is done (not sooner than 1 s after it began) until stopped. */
  readonly repeat?: boolean;
  /** Tell, too, which requests have left and are still under way; samples come at most 50 ms late then. */
  readonly tellSent?: boolean;
}

export type OnSamples = (stream: string, samples: readonly Sample[]) => void;

/** Hears of requests that have left, in that order, and before their samples; those that ended at once may be left out. */
export type OnSent = (stream: string, flights: readonly Flight[]) => void;

/**
 * Sends requests from a worker thread and hands back honest samples. One sampler serves one experiment: it keeps the
 * sessions' cookies and the connections. Instants in samples are on the clock given by `epoch`.
 */
export interface Sampler {
  /** Logs every session in; throws `LOGIN_FAILED` naming the session, the status and the place. */
  login(sessions: Readonly<Record<string, SessionSpec>>, signal: AbortSignal): Promise<void>;
  /** Starts streams at once; samples arrive in batches, at most 100 ms late, in order of their end. */
  start(streams: readonly Stream[], onSamples: OnSamples, onSent?: OnSent): Promise<void>;
  /**
   * Plans nothing further on these streams (what was due by now still leaves) and waits for what is in
   * flight, at most each request's timeout. Resolves when every sample has been handed over. When `signal` is aborted, what is in flight is cut off and marked `straddles`.
   */
  stop(streams: readonly string[], signal?: AbortSignal): Promise<void>;
  /** Sends one request now, outside any stream. When `signal` is aborted, the sample says `aborted`. */
  once(request: HttpRequestSpec, expect: Expectation, signal?: AbortSignal): Promise<Sample>;
  /** How busy the probe thread, this thread and the machine were since the last call, or since it was opened. */
  load?(): Promise<RunnerLoad>;
  close(): Promise<void>;
}

export interface SamplerOptions {
  readonly ingress: Ingress;
  /** `process.hrtime` in milliseconds at the start of the run (one clock for all threads): the zero of every sample's instants. */
  readonly epoch: Millis;
}

export type OpenSampler = (options: SamplerOptions) => Promise<Sampler>;
