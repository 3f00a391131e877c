import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../src/model/clock.ts';

/** Real time, for tests that cross real sockets. */
export const realClock: Clock = {
  now: () => performance.now(),
  wall: () => new Date(),
  sleep: (ms, signal) =>
    sleep(ms, undefined, signal === undefined ? {} : { signal }).catch(() => {
      throw signal?.reason;
    }),
};
