import { describe, expect, it } from 'vitest';
import { judgeRounds, type RoundOutcome } from '../../src/judge/judge-rounds.ts';
import type { ProbeVerdict, Verdict } from '../../src/model/verdict.ts';
import { probeResult } from '../helpers/run-record.ts';

const round = (verdict: Verdict, fault: ProbeVerdict, recovery: ProbeVerdict = 'passed'): RoundOutcome => ({
  verdict,
  results: [
    probeResult({ probe: 'page', phase: 'baseline', verdict: 'failed' }),
    probeResult({ probe: 'page', verdict: fault }),
    probeResult({ probe: 'page', phase: 'recovery', verdict: recovery }),
  ],
});
const good = round('passed', 'passed');
const poor = round('failed', 'failed');

describe('the rounds of an experiment', () => {
  it('tell how often a statement held, and where the true share lies', () => {
    const { verdicts, flaky, probes } = judgeRounds('slow', ['page'], [good, good, poor, good, good]);
    expect({ verdicts, flaky }).toEqual({ verdicts: { passed: 4, failed: 1 }, flaky: true });
    expect(probes).toEqual([
      {
        probe: 'page',
        held: 4,
        decided: 5,
        confidence: 0.95,
        between: [expect.closeTo(0.2836, 4), expect.closeTo(0.9949, 4)],
      },
    ]);
  });

  it('are not flaky when all say the same, whatever it is', () => {
    expect(judgeRounds('slow', ['page'], [poor, poor]).flaky).toBe(false);
    expect(judgeRounds('slow', ['page'], [good, good]).flaky).toBe(false);
  });

  it('are not called flaky for a round that was cut off or never begun', () => {
    const summary = judgeRounds(
      'slow',
      ['page'],
      [good, round('interrupted', 'failed'), { verdict: 'skipped', results: [] }],
    );
    expect(summary).toMatchObject({ flaky: false, probes: [{ held: 1, decided: 1 }] });
  });

  it('leave out what says nothing about the statement: no proof, no decision', () => {
    const unproven = round('inconclusive', 'passed');
    const open = round('failed', 'inconclusive');
    expect(judgeRounds('slow', ['page'], [good, unproven, open]).probes).toMatchObject([{ held: 1, decided: 1 }]);
  });

  it('count a statement that broke only in the recovery as broken', () => {
    expect(judgeRounds('slow', ['page'], [round('failed', 'passed', 'failed')]).probes).toMatchObject([
      { held: 0, decided: 1 },
    ]);
  });
});
