import type { Ingress } from '../../cluster/ingress.ts';
import type { Millis } from '../../model/clock.ts';
import type { SerializedError } from '../../model/errors.ts';
import type { Expectation, HttpRequestSpec, SessionSpec } from '../../model/hypothesis.ts';
import type { Sample } from '../../model/sample.ts';
import type { Stream } from '../sampler.ts';

/** What the worker is started with. */
export interface WorkerData {
  readonly ingress: Omit<Ingress, 'close'>;
  readonly epoch: Millis;
}

/** The calls the main thread makes. */
export type Call =
  | { readonly do: 'login'; readonly sessions: Readonly<Record<string, SessionSpec>> }
  | { readonly do: 'start'; readonly streams: readonly Stream[] }
  | { readonly do: 'stop'; readonly streams: readonly string[] }
  | { readonly do: 'once'; readonly request: HttpRequestSpec; readonly expect: Expectation };

/** To the worker: a call, or an end to what a call still waits for. */
export type ToWorker = { readonly id: number; readonly call: Call } | { readonly abort: number };

/** From the worker: ready for calls, an answer to one, or samples. */
export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'done'; readonly id: number; readonly sample?: Sample }
  | { readonly type: 'failed'; readonly id: number; readonly error: SerializedError }
  | { readonly type: 'samples'; readonly stream: string; readonly samples: readonly Sample[] };
