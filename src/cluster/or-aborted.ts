import { setMaxListeners } from 'node:events';

/** Waits for work that goes on by itself: an abort ends only this wait, with the signal's reason. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  // Many may wait for one thing under one signal; that is no leak.
  setMaxListeners(0, signal);
  const left = new AbortController();
  const aborted = new Promise<never>((_resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { signal: left.signal });
  });
  return Promise.race([work, aborted]).finally(() => left.abort());
}
