import { setImmediate } from 'node:timers/promises';
import { array, assert, asyncProperty, integer, option, uniqueArray } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runTasks, type Keys } from '../../src/engine/schedule.ts';

/** Runs tasks with these keys, each taking a few turns of the event loop, and tells what ran beside what. */
async function schedule(keys: readonly Keys[], workers: number) {
  const running = new Set<number>();
  const order: number[] = [];
  const together: [number, number][] = [];
  const busy = new Set<number>();
  await runTasks(
    keys.map((it, index) => ({
      keys: it,
      run: async (worker) => {
        expect(busy.has(worker)).toBe(false);
        busy.add(worker);
        order.push(index);
        for (const other of running) together.push([other, index]);
        running.add(index);
        for (let turn = 0; turn <= (index * 7) % 5; turn += 1) await setImmediate();
        running.delete(index);
        busy.delete(worker);
      },
    })),
    workers,
  );
  return { order, together };
}

describe('experiments on workers', () => {
  it('go one after another on one worker', async () => {
    expect(await schedule([['a'], ['b'], ['c']], 1)).toEqual({ order: [0, 1, 2], together: [] });
  });

  it('go side by side where their locks differ', async () => {
    const { together } = await schedule([['a'], ['b']], 2);
    expect(together).toEqual([[0, 1]]);
  });

  it('let one with free targets overtake one that has to wait', async () => {
    const { order } = await schedule([['a'], ['a'], ['b']], 2);
    expect(order).toEqual([0, 2, 1]);
  });

  it('run alone when their locks are not known', async () => {
    const { order, together } = await schedule([['a'], undefined, ['b']], 3);
    expect(together).toEqual([]);
    expect(order).toEqual([0, 1, 2]);
  });

  it('never share a lock, keep their order where they do, and all run', async () => {
    const keys = array(
      option(uniqueArray(integer({ min: 0, max: 3 }).map(String), { maxLength: 2 }), { nil: undefined }),
    );
    await assert(
      asyncProperty(keys, integer({ min: 1, max: 4 }), async (list, workers) => {
        const { order, together } = await schedule(list, workers);
        const shares = (one: number, other: number): boolean =>
          list[one] === undefined || list[other] === undefined || list[one].some((it) => list[other]?.includes(it));
        expect(order.toSorted((a, b) => a - b)).toEqual(list.map((_, index) => index));
        for (const [one, other] of together) expect(shares(one, other)).toBe(false);
        for (const [place, task] of order.entries()) {
          for (const later of order.slice(place + 1)) if (shares(task, later)) expect(later).toBeGreaterThan(task);
        }
      }),
      { numRuns: 50 },
    );
  });
});
