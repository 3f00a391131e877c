/** Why a request has to end early. */
export type Ended = 'timeout' | 'gone';

/** A signal that aborts when the client leaves or the time is up, and the reason. */
export interface Deadline {
  readonly signal: AbortSignal;
  readonly ended: Ended | undefined;
  /** Stops the clock; the client may still leave. */
  stopClock(): void;
  /** Stops watching altogether. */
  clear(): void;
}

export function createDeadline(timeoutMs: number | undefined, gone: AbortSignal): Deadline {
  const controller = new AbortController();
  let ended: Ended | undefined;
  const end = (reason: Ended) => {
    ended ??= reason;
    controller.abort();
  };
  const leave = () => end('gone');
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => end('timeout'), timeoutMs);
  if (gone.aborted) leave();
  gone.addEventListener('abort', leave, { once: true });
  return {
    signal: controller.signal,
    get ended() {
      return ended;
    },
    stopClock: () => clearTimeout(timer),
    clear: () => {
      clearTimeout(timer);
      gone.removeEventListener('abort', leave);
    },
  };
}
