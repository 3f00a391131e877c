import { describe, expect, it } from 'vitest';
import { judgeProbe } from '../../src/judge/judge-probe.ts';
import { judgeRunner } from '../../src/judge/judge-runner.ts';
import type { LoopLoad, RunnerLoad } from '../../src/model/runner-load.ts';
import { limit, newProbe, newSamples } from '../helpers/probes.ts';

const quiet: LoopLoad = { utilization: 0.1, longestMs: 5, heldUpMs: 0 };
const load = (change: Partial<RunnerLoad> = {}): RunnerLoad => ({
  overMs: 30_000,
  probes: quiet,
  main: quiet,
  cpu: { busy: 0.3, stolen: 0 },
  ...change,
});

describe('a runner', () => {
  it('that keeps up is not worth a word', () => {
    expect(judgeRunner(load())).toEqual({ doubtMs: 0 });
  });

  it('whose probe thread stands still for more than 1 % of the time puts times in doubt, by all its pauses', () => {
    const heldUp = (heldUpMs: number) => judgeRunner(load({ probes: { ...quiet, longestMs: 200, heldUpMs } }));
    expect(heldUp(300)).toEqual({ doubtMs: 0 });
    expect(heldUp(301)).toEqual({
      doubtMs: 301,
      warning:
        'this machine is too busy to measure well: the probe thread was 10% at work and held up for 301ms, 200ms at the longest; what only its own delays may have made slow is not decided',
    });
  });

  it('whose probe thread has hardly a moment to itself says so before it is late', () => {
    expect(judgeRunner(load({ probes: { ...quiet, utilization: 0.97 } }))).toMatchObject({
      doubtMs: 0,
      warning: expect.stringContaining('the probe thread was 97% at work'),
    });
  });

  it('whose main thread stands still says so, but its times can be believed', () => {
    expect(judgeRunner(load({ main: { ...quiet, longestMs: 1500, heldUpMs: 1500 } }))).toMatchObject({
      doubtMs: 0,
      warning: expect.stringContaining('the main thread was 10% at work and held up for 1.5s'),
    });
  });

  it('on full processors is told where it shows, and stolen time always', () => {
    const full = { busy: 0.99, stolen: 0 };
    expect(judgeRunner(load({ cpu: full }))).toEqual({ doubtMs: 0 });
    expect(judgeRunner(load({ cpu: full, probes: { ...quiet, longestMs: 60 } })).warning).toContain(
      'processors 99% busy',
    );
    expect(judgeRunner(load({ cpu: { busy: 0.5, stolen: 0.2 } })).warning).toContain('20% of their time stolen');
  });
});

describe('while the runner may have made answers 200 ms slower', () => {
  const judged = (took: number, expectation: Parameters<typeof newProbe>[0]) =>
    judgeProbe({ probe: newProbe(expectation), phase: 'fault', samples: newSamples(60, {}, took), doubtMs: 200 });
  const latency = (op: '<' | '>=', value: number) => ({ expect: { latency: { p90: limit(op, value) } } });

  it('no time is called too long that may be its own doing', () => {
    expect(judged(550, latency('<', 500))).toMatchObject({
      verdict: 'inconclusive',
      timeDoubted: true,
      reasons: [
        expect.stringContaining('but this machine stood still too long (up to 200ms may be its own) to believe it'),
      ],
    });
  });

  it('nor is one called long enough', () => {
    expect(judged(550, latency('>=', 500)).verdict).toBe('inconclusive');
    expect(judged(750, latency('>=', 500)).verdict).toBe('passed');
  });

  it('what is quick enough all the same, is', () => {
    expect(judged(450, latency('<', 500)).verdict).toBe('passed');
  });

  it('what is too slow all the same, is', () => {
    expect(judged(750, latency('<', 500)).verdict).toBe('failed');
    const within = newSamples(60, { failed: [{ check: 'within', detail: 'expected an answer within 500ms' }] }, 750);
    const probe = newProbe({ expect: { within: 500 } });
    expect(judgeProbe({ probe, phase: 'fault', samples: within, doubtMs: 200 }).verdict).toBe('failed');
  });

  it('the quickest of all answers is not one that it made slow', () => {
    expect(judged(550, { expect: { latency: { min: limit('>=', 500) } } }).verdict).toBe('passed');
  });

  it('a limit on each request is not broken by time alone', () => {
    const late = newSamples(60, { failed: [{ check: 'within', detail: 'expected an answer within 500ms' }] }, 550);
    const poor = newSamples(60, { failed: [{ check: 'status', detail: 'expected 200, got 503' }] });
    const probe = newProbe({ expect: { within: 500 } });
    expect(judgeProbe({ probe, phase: 'fault', samples: late, doubtMs: 200 }).verdict).toBe('inconclusive');
    expect(judgeProbe({ probe, phase: 'fault', samples: poor, doubtMs: 200 }).verdict).toBe('failed');
  });
});
