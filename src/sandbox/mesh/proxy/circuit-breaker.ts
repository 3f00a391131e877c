/**
 * The connection pool limits of one cluster in one proxy. An HTTP/1 connection carries one request, so what runs is
 * limited by connections and by requests, and what waits by pending requests. Envoy's own counting is fuzzier.
 */
export interface CircuitBreaker {
  /** Requests refused so far. */
  readonly overflows: number;
  limit(limits: Limits): void;
  /** Gives the turn to run, which must be given back; `overflow` when even the queue is full. */
  enter(signal: AbortSignal): Promise<(() => void) | 'overflow' | 'aborted'>;
}

export interface Limits {
  readonly maxConnections: number;
  readonly maxRequests: number;
  readonly maxPendingRequests: number;
}

export function createCircuitBreaker(initial: Limits): CircuitBreaker {
  let limits = initial;
  let running = 0;
  let overflows = 0;
  const waiting = new Set<() => void>();

  const leave = (): void => {
    running -= 1;
    const next = waiting.values().next().value;
    if (next && running < limits.maxConnections) next();
  };
  const start = (): (() => void) => {
    running += 1;
    let left = false;
    return () => {
      if (!left) leave();
      left = true;
    };
  };
  const queue = (signal: AbortSignal): Promise<(() => void) | 'aborted'> =>
    new Promise((resolve) => {
      const go = () => {
        waiting.delete(go);
        signal.removeEventListener('abort', stop);
        resolve(start());
      };
      const stop = () => {
        waiting.delete(go);
        resolve('aborted');
      };
      waiting.add(go);
      signal.addEventListener('abort', stop, { once: true });
    });

  return {
    get overflows() {
      return overflows;
    },
    limit: (next) => void (limits = next),
    enter: async (signal) => {
      if (signal.aborted) return 'aborted';
      if (running < limits.maxConnections && running < limits.maxRequests) return start();
      if (running < limits.maxRequests && waiting.size < limits.maxPendingRequests) return queue(signal);
      overflows += 1;
      return 'overflow';
    },
  };
}
