import type { Millis } from '../../model/clock.ts';

const TRIES = 20;

export interface Clocks {
  /** The same for all threads of the machine. */
  shared(): Millis;
  /** Cheap to read; differs from the shared one by a constant. */
  own(): Millis;
}

const CLOCKS: Clocks = {
  shared: () => Number(process.hrtime.bigint()) / 1e6,
  own: () => performance.now(),
};

/**
 * Milliseconds since `epoch` on the clock that all threads share, at the price of this thread's own. Whatever holds the
 * thread up between reading one clock and the other would shift every instant, so the tightest of several readings counts.
 */
export function sharedClock(epoch: Millis, { shared, own }: Clocks = CLOCKS): () => Millis {
  const readings = Array.from({ length: TRIES }, () => {
    const before = shared();
    const between = own();
    const after = shared();
    return { took: after - before, shift: (before + after) / 2 - between };
  });
  const best = readings.reduce((a, b) => (b.took < a.took ? b : a));
  return () => own() + best.shift - epoch;
}
