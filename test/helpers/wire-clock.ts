import type { WireClock } from '../../src/sandbox/wire/wire-clock.ts';

/** A wire clock that runs as fast as its timers can be called. */
export interface SteppedWireClock extends WireClock {
  /** Moves time on, calling what falls due on the way in order. */
  step(ms: number): void;
  /** How many timers are set. */
  readonly waiting: number;
}

export function createWireClock(): SteppedWireClock {
  const timers = new Set<{ readonly due: number; readonly act: () => void }>();
  let now = 0;
  return {
    now: () => now,
    after: (ms, act) => {
      const timer = { due: now + ms, act };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    step: (ms) => {
      const end = now + ms;
      for (;;) {
        const next = [...timers].sort((a, b) => a.due - b.due)[0];
        if (next === undefined || next.due > end) break;
        timers.delete(next);
        now = next.due;
        next.act();
      }
      now = end;
    },
    get waiting() {
      return timers.size;
    },
  };
}
