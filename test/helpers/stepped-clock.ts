import type { Clock, Millis } from '../../src/model/clock.ts';

interface Sleeper {
  readonly due: Millis;
  readonly wake: () => void;
}

/** A clock that stands still until a test moves it. */
export interface SteppedClock extends Clock {
  /**
   * Moves time on by `ms`. Sleepers wake in the order in which they are due, each with `now()` at its own due time and
   * with time to run on (and to sleep again) before the next one wakes.
   */
  step(ms: Millis): Promise<void>;
  /** Resolves as soon as at least `count` sleepers wait (fails after two seconds of real time). */
  whenSleeping(count?: number): Promise<void>;
  /** How many sleepers wait now. */
  readonly sleeping: number;
}

/** Wall time starts at `start` and moves with the monotonic time, which starts at 0. */
export function createSteppedClock(start = new Date('2026-01-01T00:00:00.000Z')): SteppedClock {
  const sleepers = new Set<Sleeper>();
  let now: Millis = 0;

  return {
    now: () => now,
    wall: () => new Date(start.getTime() + now),
    sleep: (ms, signal) => sleepUntil(sleepers, now + Math.max(0, ms), signal),
    async step(ms) {
      const target = now + ms;
      await settle();
      for (let next = earliest(sleepers); next !== undefined && next.due <= target; next = earliest(sleepers)) {
        now = Math.max(now, next.due);
        next.wake();
        await settle();
      }
      now = target;
    },
    async whenSleeping(count = 1) {
      const deadline = performance.now() + 2_000;
      while (sleepers.size < count) {
        if (performance.now() > deadline) throw new Error(`${sleepers.size} sleepers wait, not ${count}`);
        await settle();
      }
    },
    get sleeping() {
      return sleepers.size;
    },
  };
}

function sleepUntil(sleepers: Set<Sleeper>, due: Millis, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      sleepers.delete(sleeper);
      reject(signal?.reason as Error);
    };
    const sleeper: Sleeper = {
      due,
      wake: () => {
        sleepers.delete(sleeper);
        signal?.removeEventListener('abort', abort);
        resolve();
      },
    };
    if (signal?.aborted === true) return abort();
    sleepers.add(sleeper);
    signal?.addEventListener('abort', abort, { once: true });
  });
}

function earliest(sleepers: ReadonlySet<Sleeper>): Sleeper | undefined {
  return [...sleepers].sort((a, b) => a.due - b.due)[0];
}

/** Lets everything run that can run without time passing: promises, and callbacks of I/O that is already there. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
