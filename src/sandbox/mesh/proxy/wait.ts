/** Resolves after at least `ms`, or at once when the signal aborts; true = the time has passed. */
export function wait(ms: number, signal: AbortSignal): Promise<boolean> {
  const until = performance.now() + ms;
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout;
    const stop = () => {
      clearTimeout(timer);
      resolve(false);
    };
    // Node's timers may fire up to a millisecond early, which would make a delay shorter than written.
    const check = () => {
      const left = until - performance.now();
      if (left > 0) {
        timer = setTimeout(check, Math.ceil(left));
        return;
      }
      signal.removeEventListener('abort', stop);
      resolve(true);
    };
    if (signal.aborted) {
      resolve(false);
      return;
    }
    signal.addEventListener('abort', stop, { once: true });
    check();
  });
}
