import { performance } from 'node:perf_hooks';
import { HELD_UP_AFTER, type LoopLoad } from '../../model/runner-load.ts';

/** Watches the event loop of the thread that started it. */
export interface LoopWatch {
  /** The load since the last call, or since the start; what holds the loop up right now is not in it yet. */
  take(): LoopLoad;
  stop(): void;
}

/** Short enough to see what is longer than `HELD_UP_AFTER`, long enough to cost nothing. */
const TICK_MS = 20;

/** Starts watching: a timer that comes late tells how long the loop was elsewhere. It keeps no process alive. */
export function watchLoop(): LoopWatch {
  let due = performance.now() + TICK_MS;
  let longestMs = 0;
  let heldUpMs = 0;
  let since = performance.eventLoopUtilization();
  const look = (): void => {
    const lateness = Math.max(0, performance.now() - due);
    longestMs = Math.max(longestMs, lateness);
    if (lateness > HELD_UP_AFTER) heldUpMs += lateness;
    due = performance.now() + TICK_MS;
    timer.refresh();
  };
  const timer = setTimeout(look, TICK_MS);
  timer.unref();
  return {
    take() {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, since);
      const load = { utilization, longestMs, heldUpMs };
      since = now;
      longestMs = 0;
      heldUpMs = 0;
      return load;
    },
    stop: () => clearTimeout(timer),
  };
}
