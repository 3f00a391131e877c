import { setMaxListeners } from 'node:events';
import type { Clock, Millis } from '../../model/clock.ts';
import { HoldfastError } from '../../model/errors.ts';

export interface DeadlineOptions {
  readonly clock: Clock;
  readonly deadline: Millis;
  readonly signals: readonly (AbortSignal | undefined)[];
  /** What is waited for, as in `GET VirtualService default/ratings`. */
  readonly what: string;
}

/**
 * Runs something with a signal that is aborted when one of the caller's is (with the same reason) or when the time is up
 * (with `API_TIMEOUT`).
 */
export async function withDeadline<T>(options: DeadlineOptions, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { clock, deadline, signals, what } = options;
  const inner = new AbortController();
  const finished = new AbortController();
  for (const signal of signals) {
    if (signal === undefined) continue;
    signal.throwIfAborted();
    // Many calls at once share these signals; that is no leak.
    setMaxListeners(0, signal);
    // Listeners, not AbortSignal.any(): these signals live as long as the run and would keep every call's signal.
    signal.addEventListener('abort', () => inner.abort(signal.reason), { once: true, signal: finished.signal });
  }
  clock.sleep(deadline, finished.signal).then(
    () => inner.abort(timedOut(what, deadline)),
    () => undefined,
  );
  try {
    return await run(inner.signal);
  } finally {
    finished.abort();
  }
}

function timedOut(what: string, deadline: Millis): HoldfastError {
  return new HoldfastError('API_TIMEOUT', {
    message: `The API server did not answer within ${deadline / 1000} s.`,
    where: what,
    hint: 'Look at the load of the API server and at the network between here and there, then try again.',
    retryable: true,
  });
}
