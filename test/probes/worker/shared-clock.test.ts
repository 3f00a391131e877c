import { expect, it } from 'vitest';
import { sharedClock } from '../../../src/probes/worker/shared-clock.ts';

it('the clock of the probes is right although its thread is held up while it is set', () => {
  let now = 1000;
  let readings = 0;
  const clock = sharedClock(400, {
    shared: () => now,
    own: () => {
      const mine = now - 700;
      readings += 1;
      // Held up for 25 ms right after reading, all but once.
      now += readings === 5 ? 0.002 : 25;
      return mine;
    },
  });
  now = 5000;
  expect(clock()).toBeCloseTo(4600, 2);
});
