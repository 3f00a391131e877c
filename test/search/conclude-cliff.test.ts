import { describe, expect, it } from 'vitest';
import type { CliffPoint, CliffVerdict } from '../../src/model/conclusion.ts';
import { concludeCliff } from '../../src/search/conclude-cliff.ts';
import { type Caller, pageTime, searchWith, simulatedPoint } from '../helpers/simulated-caller.ts';

const RANGE = { from: 100, to: 10_000, precision: 100 };
const PRODUCTPAGE: Caller = { timeout: 3000, attempts: 2, pause: 0 };

function searched(caller: Caller, verdictAt: (delay: number, nth: number) => CliffVerdict): CliffPoint[] {
  return searchWith(RANGE, (delay, points) =>
    simulatedPoint(delay, verdictAt(delay, points.filter((it) => it.delay === delay).length), pageTime(caller, delay)),
  );
}

const conclude = (points: readonly CliffPoint[], exitCode = 0, complete = true) =>
  concludeCliff('slow', points, RANGE, { exitCode, complete });

describe('the answer to how long a delay may be', () => {
  it('names the time, how often, and the longest delay that holds', () => {
    const points = searched(PRODUCTPAGE, (delay) => (delay < 3000 ? 'holds' : 'fails'));
    const { sentences, ...answer } = conclude(points);
    expect(answer).toMatchObject({ outcome: 'found', exitCode: 0, holdsUpTo: 2900, failsFrom: 3000 });
    expect(sentences[0]).toBe('Gives up at 3.0 s, twice; longest delay that still holds: 2.9 s.');
    expect(answer.asked).toHaveLength(points.filter((it) => it.verdict === 'fails').length);
  });

  it("does not call the hypothesis' own limit somebody's timeout", () => {
    const points = searched(PRODUCTPAGE, (delay) => (delay < 1000 ? 'holds' : 'fails'));
    const { sentences } = conclude(points);
    expect(sentences[0]).toBe('Fails from 1.0 s on; longest delay that still holds: 900 ms.');
    expect(sentences[1]).toContain('gives up after 3.0 s, twice');
  });

  it('says that it holds, or fails, at every delay that was tried', () => {
    expect(conclude(searched({ ...PRODUCTPAGE, timeout: 60_000 }, () => 'holds'))).toMatchObject({
      outcome: 'holds',
      exitCode: 0,
      sentences: ['It holds at every delay that was tried, up to 10.0 s.'],
    });
    expect(conclude(searched(PRODUCTPAGE, () => 'fails'))).toMatchObject({ outcome: 'fails', exitCode: 1 });
  });

  it('says so when it holds again beyond a delay that breaks it', () => {
    const points = searched(PRODUCTPAGE, (delay) => (delay > 4000 && delay < 7000 ? 'fails' : 'holds'));
    const { outcome, exitCode, sentences } = conclude(points);
    expect([outcome, exitCode]).toEqual(['not-monotone', 4]);
    expect(sentences[0]).toMatch(/it holds from 100 ms, fails from 4\.1 s, holds from [67]\.\d+ s on/);
    const upsideDown = conclude(searched(PRODUCTPAGE, (delay) => (delay < 3000 ? 'fails' : 'holds')));
    expect(upsideDown.outcome).toBe('not-monotone');
  });

  it('is undecided when there were too few runs, and says how far it came', () => {
    const points = searched(PRODUCTPAGE, (delay) => (delay < 3000 ? 'holds' : 'fails')).slice(0, 4);
    const { outcome, exitCode, sentences } = conclude(points, 0, false);
    expect([outcome, exitCode]).toEqual(['undecided', 4]);
    expect(sentences[0]).toBe('It flips between 2.6 s and 5.1 s; more runs are needed to say where.');
    expect(conclude([], 0, false)).toMatchObject({ outcome: 'undecided', exitCode: 4 });
  });

  it('names delays at which nothing was decided, and those that go both ways', () => {
    const open = conclude(
      searched(PRODUCTPAGE, (delay) => (delay === 5100 ? 'open' : delay < 3000 ? 'holds' : 'fails')),
    );
    expect(open).toMatchObject({ outcome: 'found', exitCode: 0 });
    expect(open.sentences.at(-1)).toContain('At 5.1 s nothing was decided in 2 runs');
    const flaky = conclude(
      searched(PRODUCTPAGE, (delay, nth) => (delay === 2600 && nth === 0 ? 'fails' : delay < 3000 ? 'holds' : 'fails')),
    );
    expect(flaky).toMatchObject({ outcome: 'found', holdsUpTo: 2900 });
    expect(flaky.sentences.at(-1)).toBe('At 2.6 s it sometimes holds and sometimes fails (3 runs).');
  });

  it.each([5, 130, 143, 129, 6, 2])('ends with %i when the runs did, whatever was known by then', (exitCode) => {
    const points = searched(PRODUCTPAGE, (delay) => (delay < 3000 ? 'holds' : 'fails'));
    expect(conclude(points, exitCode, false)).toMatchObject({ outcome: 'undecided', exitCode });
  });
});
