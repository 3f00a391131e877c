import { assert, array, asyncProperty, boolean, integer } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pollUntil, type PollOptions } from '../../src/engine/poll.ts';
import { stepUntil } from '../helpers/run-fake.ts';
import { createSteppedClock } from '../helpers/stepped-clock.ts';

type Answer = { readonly wanted: boolean; readonly takes: number };

/** Polls answers that are scripted by when they are asked for. */
async function poll(answer: (at: number) => Answer, change: Partial<PollOptions> = {}) {
  const clock = createSteppedClock();
  const asked: number[] = [];
  const cut: number[] = [];
  const result = pollUntil({
    clock,
    signal: new AbortController().signal,
    deadline: 20_000,
    every: 50,
    needed: 2,
    maxInFlight: 6,
    overlap: 'wait',
    look: async (signal) => {
      const at = clock.now();
      const { wanted, takes } = answer(at);
      asked.push(at);
      await clock.sleep(takes, signal).catch((error: unknown) => {
        cut.push(at);
        throw error;
      });
      return { at, wanted };
    },
    ...change,
  });
  await stepUntil(
    clock,
    result.catch(() => undefined),
  );
  return { first: await result, asked, cut, endedAt: clock.now() };
}

describe('polling', () => {
  it('finds the first of two wanted answers in a row soon after the change', async () => {
    const { first, endedAt } = await poll((at) => ({ wanted: at >= 100, takes: 5 }));
    expect(first).toBe(100);
    expect(endedAt).toBeLessThanOrEqual(180);
  });

  it('does not wait for a slow answer before it asks again, so the instant found is near the change', async () => {
    const { first, endedAt } = await poll((at) => ({ wanted: at >= 100, takes: at >= 100 ? 7000 : 10 }));
    expect(first).toBeLessThanOrEqual(150);
    expect(endedAt).toBeLessThanOrEqual(7500);
  });

  it('sends nothing more while the answers under way may complete the row', async () => {
    const { asked } = await poll((at) => ({ wanted: true, takes: 7000 + at }));
    expect(asked).toHaveLength(6);
  });

  it('does not count answers as a row when one between them has not come', async () => {
    const { first } = await poll((at) => ({ wanted: at !== 50, takes: at === 50 ? 400 : 5 }), { overlap: 'cut' });
    expect(first).toBe(100);
  });

  it('gives up at the deadline and cuts off what is under way', async () => {
    const { first, cut, endedAt } = await poll(() => ({ wanted: false, takes: 60_000 }), { deadline: 1000 });
    expect(first).toBeUndefined();
    expect(cut).toHaveLength(6);
    expect(endedAt).toBeLessThanOrEqual(1040);
  });

  it('lets the oldest look make room where answers are not awaited', async () => {
    const { first, endedAt } = await poll((at) => ({ wanted: at >= 2000, takes: at >= 2000 ? 5 : 60_000 }), {
      overlap: 'cut',
    });
    expect(first).toBeGreaterThanOrEqual(2000);
    expect(first).toBeLessThan(2500);
    expect(endedAt).toBeLessThanOrEqual(2600);
  });

  it('leaves what is slow by nature the time to answer, although more is asked than may be under way', async () => {
    const { first, cut } = await poll(() => ({ wanted: true, takes: 2000 }), { overlap: 'cut', maxInFlight: 6 });
    expect(first).toBeLessThan(2500);
    expect(cut.length).toBeGreaterThan(0);
  });

  it('fails when a look fails', async () => {
    const broken = async (): Promise<never> => {
      throw new Error('no such worker');
    };
    await expect(poll(() => ({ wanted: true, takes: 1 }), { look: broken })).rejects.toThrow('no such worker');
  });

  it('ends at once when it is aborted', async () => {
    const stop = new AbortController();
    const look = async (): Promise<never> => {
      stop.abort(new Error('stopped'));
      throw new Error('cut');
    };
    await expect(poll(() => ({ wanted: true, takes: 1 }), { signal: stop.signal, look })).rejects.toThrow();
  });

  it('never finds a row that is not there', async () => {
    const script = array(boolean(), { minLength: 1, maxLength: 20 });
    await assert(
      asyncProperty(
        script,
        integer({ min: 1, max: 3 }),
        integer({ min: 1, max: 120 }),
        async (wanted, needed, takes) => {
          const answers = (at: number): boolean => wanted[Math.round(at / 60)] ?? false;
          const { first, asked } = await poll((at) => ({ wanted: answers(at), takes }), { needed, deadline: 1500 });
          if (first === undefined) return;
          const from = asked.indexOf(first);
          expect(asked.slice(from, from + needed).map(answers)).toEqual(asked.slice(0, needed).map(() => true));
        },
      ),
      { numRuns: 30 },
    );
  });
});
