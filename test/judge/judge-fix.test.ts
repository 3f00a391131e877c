import { describe, expect, it } from 'vitest';
import { judgeFix } from '../../src/judge/judge-fix.ts';
import { exitCodeOf } from '../../src/model/exit-code.ts';
import { VERDICTS, type Verdict } from '../../src/model/verdict.ts';

function judge(before: Verdict | undefined, after: Verdict | undefined, signal?: 'SIGINT') {
  const side = (experiment: string, verdict: Verdict | undefined) => ({
    experiment,
    ...(verdict && { verdict }),
    reasons: [`why ${experiment}`],
  });
  const verdicts = [before, after].filter((it) => it !== undefined);
  return judgeFix(side('x (before)', before), side('x (after)', after), exitCodeOf(verdicts, signal));
}

describe('whether a fix fixes', () => {
  it('is green for failed before and passed after, and for nothing else', () => {
    const green = VERDICTS.flatMap((before) =>
      VERDICTS.filter((after) => judge(before, after).exitCode === 0).map((after) => `${before} -> ${after}`),
    );
    expect(green).toEqual(['failed -> passed']);
  });

  it.each([
    ['failed', 'passed', 'fixed', 0, 'The fix is verified: the experiment failed before and passes after.'],
    ['passed', 'passed', 'no-weakness', 1, 'does not show the weakness'],
    ['failed', 'failed', 'not-fixed', 1, 'It is not fixed'],
    ['passed', 'failed', 'regression', 1, 'The fix breaks it'],
    [
      'inconclusive',
      'passed',
      'undecided',
      4,
      'before it ended as inconclusive (why x (before)), after it ended as passed',
    ],
    ['failed', 'inconclusive', 'undecided', 4, 'after it ended as inconclusive (why x (after))'],
    ['failed', 'error', 'undecided', 3, 'after it ended as error'],
    ['error', 'inconclusive', 'undecided', 3, 'before it ended as error'],
    ['failed', 'refused', 'undecided', 2, 'after it ended as refused'],
    ['failed', 'locked', 'undecided', 6, 'after it ended as locked'],
    ['failed', 'rollback-failed', 'undecided', 5, 'after it ended as rollback-failed'],
    ['rollback-failed', 'passed', 'undecided', 5, 'before it ended as rollback-failed'],
    ['failed', 'skipped', 'undecided', 4, 'after it ended as skipped'],
  ] as const)('%s -> %s is %s, exit code %i', (before, after, outcome, exitCode, sentence) => {
    const judged = judge(before, after);
    expect(judged).toMatchObject({ outcome, exitCode });
    expect(judged.sentences.join(' ')).toContain(sentence);
  });

  it('ends with the code of the signal when it was interrupted, whatever was known by then', () => {
    expect(judge('failed', 'interrupted', 'SIGINT')).toMatchObject({ outcome: 'undecided', exitCode: 130 });
    expect(judge('failed', 'passed', 'SIGINT')).toMatchObject({ outcome: 'undecided', exitCode: 130 });
    expect(judge('rollback-failed', undefined, 'SIGINT').exitCode).toBe(5);
  });

  it('counts the red before the fix as asked for, and never the red after it', () => {
    expect(judge('failed', 'failed').asked).toEqual(['x (before)']);
    expect(judge('passed', 'failed').asked).toEqual([]);
    expect(judge('failed', 'failed').sentences.at(-1)).toBe('After the fix: why x (after)');
  });
});
