import type { Ingress } from '../../cluster/ingress.ts';
import type { Millis } from '../../model/clock.ts';
import type { SerializedError } from '../../model/errors.ts';
import type { Expectation, HttpRequestSpec, SessionSpec } from '../../model/hypothesis.ts';
import type { LoopLoad } from '../../model/runner-load.ts';
import type { Flight, Sample } from '../../model/sample.ts';
import type { Stream } from '../sampler.ts';

/** What the worker is started with. */
export interface WorkerData {
  readonly ingress: Omit<Ingress, 'close'>;
  readonly epoch: Millis;
  /** Values that no sample may show. */
  readonly secrets: readonly string[];
  /** `host:port` of servers to which no redirect is followed. */
  readonly offLimits: readonly string[];
}

/** The calls the main thread makes. */
export type Call =
  | { readonly do: 'login'; readonly sessions: Readonly<Record<string, SessionSpec>> }
  | { readonly do: 'start'; readonly streams: readonly Stream[] }
  | { readonly do: 'stop'; readonly streams: readonly string[] }
  | { readonly do: 'once'; readonly request: HttpRequestSpec; readonly expect: Expectation };

/** Asks how busy the thread was since the last time. */
export interface LoadCall {
  readonly do: 'load';
}

/** To the worker: a call, or an end to what a call still waits for. */
export type ToWorker = { readonly id: number; readonly call: Call | LoadCall } | { readonly abort: number };

/** What came of a stream of late. */
export interface Batch {
  readonly samples: readonly Sample[];
  /** Requests that have left and are still under way, where that is told. */
  readonly sent: readonly Flight[];
}

/** From the worker: ready for calls, a sign of life, what must not be shown, an answer to a call, or samples. */
export type FromWorker =
  | { readonly type: 'ready' }
  /** Once a second: it is not stuck. */
  | { readonly type: 'alive' }
  /** Values that servers have given us and that must not be shown. */
  | { readonly type: 'secrets'; readonly values: readonly string[] }
  | { readonly type: 'done'; readonly id: number; readonly sample?: Sample; readonly load?: LoopLoad }
  | { readonly type: 'failed'; readonly id: number; readonly error: SerializedError }
  | ({ readonly type: 'samples'; readonly stream: string } & Batch);
