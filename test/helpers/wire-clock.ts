import type { WireClock } from '../../src/sandbox/wire/wire-clock.ts';

/** A wire clock that runs as fast as its timers can be called. */
export interface SteppedWireClock extends WireClock {
  /** Moves time on, calling what falls due on the way in order. */
  step(ms: number): void;
  /** Moves on to the timer that is due next, and calls it; to `end` and false when none is due until then. */
  stepToNext(end: number): boolean;
  /** How many timers are set. */
  readonly waiting: number;
}

export function createWireClock(): SteppedWireClock {
  const timers = new Set<Timer>();
  let now = 0;
  const stepToNext = (end: number): boolean => {
    const next = [...timers].reduce<Timer | undefined>((a, b) => (a && a.due <= b.due ? a : b), undefined);
    if (next === undefined || next.due > end) {
      now = end;
      return false;
    }
    timers.delete(next);
    now = next.due;
    next.act();
    return true;
  };
  return {
    now: () => now,
    after: (ms, act) => {
      const timer = { due: now + ms, act };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    stepToNext,
    step: (ms) => {
      const end = now + ms;
      while (stepToNext(end));
    },
    get waiting() {
      return timers.size;
    },
  };
}

interface Timer {
  readonly due: number;
  readonly act: () => void;
}
