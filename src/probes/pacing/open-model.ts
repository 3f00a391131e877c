import type { Millis } from '../../model/clock.ts';

export interface Pacer {
  /** Plans nothing further. Requests that were due by now still leave. */
  stop(): void;
}

/**
 * Open model: request n is due at start + n / rate, whatever became of those before. A timer of one millisecond with
 * catching up keeps to that within about 2 ms (p99) without spinning; due times are absolute, so nothing drifts.
 */
export function paceOpen(options: {
  readonly perSecond: number;
  readonly start: Millis;
  /** Nothing is due from here on. */
  readonly end: Millis;
  readonly now: () => Millis;
  readonly fire: (due: Millis) => void;
}): Pacer {
  const { perSecond, start, end, now, fire } = options;
  let next = 0;
  let timer: NodeJS.Timeout | undefined;
  const dueOf = (index: number): Millis => start + (index * 1000) / perSecond;
  const catchUp = (until: Millis): void => {
    for (let due = dueOf(next); due <= until && due < end; due = dueOf(next)) {
      next += 1;
      fire(due);
    }
  };
  const tick = (): void => {
    catchUp(now());
    const due = dueOf(next);
    timer = due < end ? setTimeout(tick, Math.max(1, due - now())) : undefined;
  };
  tick();
  return {
    stop() {
      clearTimeout(timer);
      catchUp(now());
      next = Number.POSITIVE_INFINITY;
    },
  };
}
