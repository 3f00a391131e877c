import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../model/clock.ts';

/** The system's clock. `now` counts milliseconds of `process.hrtime`, the same zero for every thread of the machine. */
export const systemClock: Clock = {
  now: () => Number(process.hrtime.bigint()) / 1e6,
  wall: () => new Date(),
  sleep: async (ms, signal) => {
    signal?.throwIfAborted();
    try {
      await setTimeout(Math.max(0, ms), undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
};
