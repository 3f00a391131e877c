import type { Clock, Millis } from '../../model/clock.ts';
import { HoldfastError } from '../../model/errors.ts';
import type { CallOptions } from '../cluster.ts';
import type { ApiAnswer, ApiRequest, Connection } from './connection.ts';
import { orAborted } from '../or-aborted.ts';
import { withDeadline, type DeadlineOptions } from './deadline.ts';
import { networkFailure } from './network-failure.ts';
import { send } from './send.ts';
import { statusFailure } from './status-failure.ts';

/** What every call needs: where to send it, whose time counts, and when everything is over. */
export interface Caller {
  readonly connection: Connection;
  readonly clock: Clock;
  /** Aborted when the cluster is closed. */
  readonly closed: AbortSignal;
}

export interface Call extends CallOptions {
  /** What the request is about, as in `VirtualService default/ratings`. */
  readonly what: string;
  /** Tells answers other than 2xx that are not errors to this call. */
  readonly accepts?: (answer: ApiAnswer) => boolean;
}

const DEFAULT_DEADLINE: Millis = 10_000;
const FIRST_BACKOFF: Millis = 100;
const LONGEST_BACKOFF: Millis = 2_000;
const MOST_ATTEMPTS = 6;
/** The share of its deadline after which a read that is not answered is sent anew, once: its connection may be dead. */
const PATIENCE = 0.4;

/** Sends a write once: whether a lost answer meant success is for the caller to find out. */
export async function write(caller: Caller, request: ApiRequest, call: Call): Promise<ApiAnswer> {
  return withDeadline(limits(caller, request, call), async (signal) => {
    const outcome = await attempt(caller, request, call, signal);
    if ('failure' in outcome) throw outcome.failure;
    return outcome.answer;
  });
}

/**
 * Sends a read until it is answered: transient failures (429, 5xx, reset, refused), and silence once, are retried within
 * the deadline.
 */
export async function read(caller: Caller, request: ApiRequest, call: Call): Promise<ApiAnswer> {
  return withDeadline(limits(caller, request, call), async (signal) => {
    let last: HoldfastError | undefined;
    for (let tried = 1; ; tried += 1) {
      const isFirst = tried === 1;
      const outcome = await (isFirst ? impatient : attempt)(caller, request, call, signal).catch(tellMore(last));
      if ('answer' in outcome) return outcome.answer;
      last = outcome.failure;
      // Who did not answer has been waited for long enough.
      if (isFirst && outcome.failure.code === 'API_TIMEOUT') continue;
      if (outcome.failure.details.retryable !== true || tried === MOST_ATTEMPTS) throw outcome.failure;
      const ms = Math.max(backoff(tried), outcome.retryAfter);
      await caller.clock.sleep(ms, signal).catch(tellMore(last));
    }
  });
}

type Outcome = { readonly answer: ApiAnswer } | { readonly failure: HoldfastError; readonly retryAfter: Millis };

/** Rejects only with the signal's reason. */
async function attempt(caller: Caller, request: ApiRequest, call: Call, signal: AbortSignal): Promise<Outcome> {
  const what = title(request, call);
  try {
    const answer = await send(caller.connection, request, signal);
    if ((answer.status >= 200 && answer.status < 300) || call.accepts?.(answer) === true) return { answer };
    return { failure: statusFailure(answer, what), retryAfter: answer.retryAfter ?? 0 };
  } catch (error) {
    return failed(error, caller, what, signal);
  }
}

function failed(error: unknown, { connection }: Caller, what: string, signal: AbortSignal): Outcome {
  if (signal.aborted) throw signal.reason;
  const failure = error instanceof HoldfastError ? error : networkFailure(error, connection.server, what);
  return { failure, retryAfter: 0 };
}

/** One attempt that is given up before the deadline of the call. Waiting for a plugin's credentials does not count. */
async function impatient(caller: Caller, request: ApiRequest, call: Call, signal: AbortSignal): Promise<Outcome> {
  const { clock, deadline, what } = limits(caller, request, call);
  try {
    await orAborted(caller.connection.agent(), signal);
    await orAborted(caller.connection.headers(), signal);
  } catch (error) {
    return failed(error, caller, what, signal);
  }
  try {
    return await withDeadline({ clock, deadline: deadline * PATIENCE, signals: [signal], what }, (inner) =>
      attempt(caller, request, call, inner),
    );
  } catch (error) {
    if (signal.aborted || !(error instanceof HoldfastError)) throw error;
    return { failure: error, retryAfter: 0 };
  }
}

/** When the deadline ends an attempt or the wait before it, the failure of the one before tells more than "timed out". */
function tellMore(failure: HoldfastError | undefined): (reason: unknown) => never {
  return (reason) => {
    const timedOut = reason instanceof HoldfastError && reason.code === 'API_TIMEOUT';
    throw timedOut && failure !== undefined && failure.code !== 'API_TIMEOUT' ? failure : reason;
  };
}

/** Exponential, with jitter so that many runners do not come back together. */
function backoff(tried: number): Millis {
  return Math.min(FIRST_BACKOFF * 2 ** (tried - 1), LONGEST_BACKOFF) * (0.75 + Math.random() / 2);
}

function limits(caller: Caller, request: ApiRequest, call: Call): DeadlineOptions {
  return {
    clock: caller.clock,
    deadline: call.deadline ?? DEFAULT_DEADLINE,
    signals: [call.signal, caller.closed],
    what: title(request, call),
  };
}

function title(request: ApiRequest, call: Call): string {
  return `${request.method} ${call.what}`;
}
