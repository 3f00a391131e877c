import { describe, expect, it } from 'vitest';
import { createSteppedClock } from './stepped-clock.ts';

describe('the stepped clock', () => {
  it('wakes sleepers in order, each at its own due time', async () => {
    const clock = createSteppedClock();
    const woken: [string, number][] = [];
    const sleeper = async (name: string, ms: number): Promise<void> => {
      await clock.sleep(ms);
      woken.push([name, clock.now()]);
    };
    const all = Promise.all([sleeper('late', 20), sleeper('early', 10)]);
    await clock.step(25);
    await all;
    expect(woken).toEqual([
      ['early', 10],
      ['late', 20],
    ]);
    expect(clock.now()).toBe(25);
    expect(clock.wall()).toEqual(new Date('2026-01-01T00:00:00.025Z'));
  });

  it('lets a loop sleep again within one step', async () => {
    const clock = createSteppedClock();
    const ticks: number[] = [];
    const loop = (async () => {
      while (ticks.length < 3) {
        await clock.sleep(5);
        ticks.push(clock.now());
      }
    })();
    await clock.step(100);
    await loop;
    expect(ticks).toEqual([5, 10, 15]);
  });

  it('rejects a sleep with the reason of its signal, also when it was aborted before', async () => {
    const clock = createSteppedClock();
    const controller = new AbortController();
    const sleep = clock.sleep(10, controller.signal);
    controller.abort(new Error('stop'));
    await expect(sleep).rejects.toThrow('stop');
    await expect(clock.sleep(10, controller.signal)).rejects.toThrow('stop');
    expect(clock.sleeping).toBe(0);
  });
});
