import { describe, expect, it } from 'vitest';
import { createWindowJudge } from '../../src/judge/window-judge.ts';
import type { Sample } from '../../src/model/sample.ts';
import type { StopWhen } from '../../src/model/stop-condition.ts';
import { limit } from '../helpers/probes.ts';

const badStatus = { failed: [{ check: 'status', detail: 'got 503' }] } as const;
const is200 = { status: [{ kind: 'exact', status: 200 }], within: 3000 } as const;

/** Judges over 5 s, with what is given at 20 s. */
function judging(when: StopWhen, minSamples?: number) {
  return createWindowJudge({ window: 5000, when, ...(minSamples !== undefined && { minSamples }) }, is200);
}

/** `number` requests, one every 100 ms from `from` on, each answered after `latency`. */
function samples(from: number, number: number, overrides: Partial<Sample> = {}, latency = 10): Sample[] {
  return Array.from({ length: number }, (_, index) => {
    const due = from + index * 100;
    return { due, sent: due, end: due + latency, status: 200, ...overrides };
  });
}

const half = { good: limit('<', 0.5, '< 50%') };

describe('a window of requests', () => {
  it('breaches at the very request that makes a statement true, with the figures', () => {
    const judge = judging(half);
    expect(judge.add(samples(0, 10))).toBeUndefined();
    expect(judge.add(samples(1000, 20, { status: 503, ...badStatus }))).toEqual({
      what: 'good requests',
      limit: '< 50%',
      seen: '47.62% (10 of 21)',
      window: 5000,
      at: 2010,
    });
  });

  it('is not moved by one bad answer, nor by four', () => {
    expect(judging(half).add(samples(0, 4, badStatus))).toBeUndefined();
    expect(judging(half).add(samples(0, 5, badStatus))).toMatchObject({ seen: '0% (0 of 5)' });
  });

  it('needs as many requests as the file says', () => {
    expect(judging(half, 1).add(samples(0, 1, badStatus))).toBeDefined();
    expect(judging(half, 30).add(samples(0, 29, badStatus))).toBeUndefined();
  });

  it('needs as many as the statistic does', () => {
    const late = { latency: { p95: limit('>', 1000, '> 1s') } };
    expect(judging(late).add(samples(0, 19, {}, 1500))).toBeUndefined();
    expect(judging(late).add(samples(0, 20, {}, 1500))).toMatchObject({ seen: '1.5s over 20 requests' });
    expect(judging({ good: limit('<', 0.95, '< 95%') }).add(samples(0, 19, badStatus))).toBeUndefined();
  });

  it('forgets what ended before it', () => {
    const judge = judging(half);
    judge.add(samples(0, 4, badStatus));
    expect(judge.add(samples(6000, 4, badStatus))).toBeUndefined();
    expect(judge.add(samples(6400, 1, badStatus))).toBeDefined();
  });

  it('comes true by good requests that leave it, with time alone', () => {
    const judge = judging(half);
    judge.add(samples(0, 5));
    judge.add(samples(3000, 5, badStatus));
    expect(judge.tick(5100)).toMatchObject({ seen: expect.stringMatching(/\(4 of 9\)/), at: 5100 });
  });

  it('forgets all that has ended when told so, and not what is under way', () => {
    const judge = judging(half);
    judge.sent([{ due: 5, sent: 5 }]);
    judge.add(samples(0, 4, badStatus));
    judge.reset();
    expect(judge.add(samples(4000, 3, badStatus))).toBeUndefined();
    expect(judge.add(samples(4300, 1, badStatus))?.seen).toMatch(/0 of 5, 1 still under way/);
  });

  it('takes a request under way for as slow as it is old, once it is older than the limit', () => {
    const judge = judging({ latency: { p50: limit('>', 2000, '> 2s') } });
    judge.sent(samples(0, 5).map(({ due }) => ({ due, sent: due })));
    expect(judge.tick(2400)).toBeUndefined();
    expect(judge.tick(2401)).toMatchObject({
      what: 'p50 latency',
      seen: '2.201s over 5 requests, 5 of which had no answer and count with their time so far',
    });
  });

  it('takes a request under way for bad once it is older than it may be', () => {
    const judge = judging(half);
    judge.sent(samples(0, 5).map(({ due }) => ({ due, sent: due })));
    expect(judge.tick(3400)).toBeUndefined();
    expect(judge.tick(3401)).toMatchObject({ seen: '0% (0 of 5, 5 still under way after more than they may take)' });
  });

  it('does not count a request twice that ends after all', () => {
    const judge = judging({ latency: { p50: limit('>', 2000, '> 2s') } }, 3);
    judge.sent([
      { due: 0, sent: 0 },
      { due: 1, sent: 1 },
    ]);
    judge.tick(3000);
    expect(judge.add([{ due: 0, sent: 0, end: 3500, status: 200 }])).toBeUndefined();
  });

  it('counts a timeout as an error and as a latency of at least its time', () => {
    const timeout = { status: undefined, error: 'timeout' } as const;
    expect(judging({ errors: { timeout: limit('>', 0.1, '> 10%') } }).add(samples(0, 10, timeout))).toBeDefined();
    expect(judging({ latency: { p50: limit('>', 900, '> 900ms') } }).add(samples(0, 5, timeout, 1000))).toBeDefined();
    expect(judging({ latency: { p50: limit('<', 2000, '< 2s') } }).add(samples(0, 5, timeout, 1000))).toBeUndefined();
  });

  it('counts classes of statuses among all requests', () => {
    const judge = judging({ statuses: { '5xx': limit('>', 0.2, '> 20%') } });
    judge.add(samples(0, 8));
    expect(judge.add(samples(800, 3, { status: 503 }))).toMatchObject({ what: 'status 5xx', seen: '27.27% (3 of 11)' });
  });

  it('leaves out what was never sent and what a stop has cut off', () => {
    expect(judging(half).add(samples(0, 20, { sent: undefined }))).toBeUndefined();
    expect(judging(half).add(samples(0, 20, { error: 'aborted', straddles: true }))).toBeUndefined();
  });

  it('does not blame the system for a wait of ours', () => {
    const late: Partial<Sample> = { failed: [{ check: 'within', detail: 'got 4s' }] };
    const ofOurs = samples(0, 20, late, 4000).map((it) => ({ ...it, sent: it.due + 3500 }));
    expect(judging({ ...half, latency: { p95: limit('>', 3000, '> 3s') } }).add(ofOurs)).toBeUndefined();
  });
});
