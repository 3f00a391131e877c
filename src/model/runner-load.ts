import type { Millis } from './clock.ts';

/** How the event loop of one thread kept up over a stretch of time. */
export interface LoopLoad {
  /** Share of the time in which it was at work. */
  readonly utilization: number;
  /** The longest time for which it answered to nothing. */
  readonly longestMs: Millis;
  /** All the times together that were longer than `HELD_UP_AFTER`. */
  readonly heldUpMs: Millis;
}

/** How busy this machine, and we on it, were while something was measured. */
export interface RunnerLoad {
  /** Of how long the figures speak. */
  readonly overMs: Millis;
  /** The thread that sends requests and takes the times. */
  readonly probes: LoopLoad;
  /** The thread that injects, watches and rolls back. */
  readonly main: LoopLoad;
  /** Of all processors together: share of the time at work, and share that a hypervisor gave to others. Absent where nobody tells. */
  readonly cpu?: { readonly busy: number; readonly stolen: number };
}

/** A thread that answered to nothing for longer was held up; a request that leaves later than this after its time is late. */
export const HELD_UP_AFTER: Millis = 50;
