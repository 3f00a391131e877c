import type { Clock, Millis } from '../model/clock.ts';

/**
 * Does `work` within `ms`. When the time is over the signal given to `work` is aborted and the promise rejects with
 * `timeout()` at once, whether or not `work` obeys. `outer` aborts it earlier.
 */
export async function withDeadline<T>(
  clock: Clock,
  ms: Millis,
  timeout: () => Error,
  work: (signal: AbortSignal) => Promise<T>,
  outer?: AbortSignal,
): Promise<T> {
  const over = new AbortController();
  const signal = outer === undefined ? over.signal : AbortSignal.any([over.signal, outer]);
  const done = new AbortController();
  const timer = clock.sleep(ms, done.signal).then(
    () => over.abort(timeout()),
    () => undefined,
  );
  try {
    return await Promise.race([work(signal), whenAborted(signal)]);
  } finally {
    done.abort();
    await timer;
  }
}

/** Rejects with the signal's reason as soon as it is aborted; never resolves. */
export function whenAborted(signal: AbortSignal): Promise<never> {
  const aborted = new Promise<never>((_, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
  // Whoever races against this promise may be done first.
  aborted.catch(() => undefined);
  return aborted;
}
