import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { paceClosed } from '../../../src/probes/pacing/closed-model.ts';

describe('the closed model', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
  afterEach(() => vi.useRealTimers());

  function pacing(options: { readonly repeat: boolean; readonly answersAfter: number }) {
    const dues: number[] = [];
    const start = performance.now();
    const now = (): number => performance.now() - start;
    const fire = (due: number): Promise<void> => {
      dues.push(due);
      return new Promise((resolve) => setTimeout(resolve, options.answersAfter));
    };
    const pacer = paceClosed({ concurrency: 2, requests: 5, repeat: options.repeat, now, fire });
    return { dues, pacer };
  }

  it('has each worker send its next request as soon as the last was answered, until the burst is done', async () => {
    const { dues } = pacing({ repeat: false, answersAfter: 100 });
    await vi.advanceTimersByTimeAsync(5000);
    expect(dues).toEqual([0, 0, 100, 100, 200]);
  });

  it('repeats a quick burst once a second, so that refused connections do not spin', async () => {
    const { dues } = pacing({ repeat: true, answersAfter: 1 });
    await vi.advanceTimersByTimeAsync(2500);
    expect(dues.filter((due) => due < 1000)).toHaveLength(5);
    expect(dues).toHaveLength(15);
  });

  it('repeats a slow burst at once', async () => {
    const { dues } = pacing({ repeat: true, answersAfter: 1000 });
    await vi.advanceTimersByTimeAsync(3500);
    // The shortest timer is a millisecond.
    expect(dues).toEqual([0, 0, 1000, 1000, 2000, 3001, 3001]);
  });

  it('sends nothing after it was stopped', async () => {
    const { dues, pacer } = pacing({ repeat: true, answersAfter: 100 });
    await vi.advanceTimersByTimeAsync(50);
    pacer.stop();
    await vi.advanceTimersByTimeAsync(5000);
    expect(dues).toEqual([0, 0]);
  });
});
