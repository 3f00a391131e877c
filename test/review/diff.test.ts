import { describe, expect, it } from 'vitest';
import type { ProbeResult } from '../../src/model/probe-result.ts';
import type { RunDiff } from '../../src/model/run-diff.ts';
import type { ExperimentRecord } from '../../src/model/run-record.ts';
import { VERDICTS, type Verdict } from '../../src/model/verdict.ts';
import { compareVerdicts } from '../../src/review/diff-verdict.ts';
import { diffRuns, type ReadRun } from '../../src/review/diff.ts';
import { latenciesIn } from '../../src/review/read-run.ts';
import { regressionsOf } from '../../src/review/regressions.ts';
import { judgeProbe } from '../../src/judge/judge-probe.ts';
import { askedOf } from '../../src/model/asked.ts';
import type { JournalEvent } from '../../src/model/event.ts';
import type { Sample } from '../../src/model/sample.ts';
import { createRandom } from '../../src/sandbox/mesh/random.ts';
import { aFault, anExperiment, aProbe } from '../helpers/an-experiment.ts';
import { experimentRecord, runRecord } from '../helpers/run-record.ts';

interface System {
  /** How much slower than usual. */
  readonly slower?: number;
  /** Share of requests that fail. */
  readonly bad?: number;
  readonly verdict?: Verdict;
  readonly requests?: number;
  readonly names?: readonly string[];
}

describe('two runs beside each other', () => {
  it('of which one is the other: nothing differs', () => {
    const run = simulate(1);
    const diff = diffRuns(run, run);
    expect(diff.tests).toBeGreaterThan(10);
    expect(marks(diff)).toEqual([]);
    expect(regressionsOf(diff, 0)).toEqual([]);
    expect(diff.experiments.every(({ direction, notes }) => direction === 'same' && notes.length === 0)).toBe(true);
  });

  it('say the opposite when they change places', () => {
    const opposite = { better: 'worse', worse: 'better', same: 'same', changed: 'changed' } as const;
    for (let seed = 1; seed < 40; seed += 1) {
      const one = simulate(seed);
      const other = simulate(seed + 1000, { slower: 1 + (seed % 5) / 4, bad: (seed % 3) / 20 });
      const [there, back] = [diffRuns(one, other), diffRuns(other, one)];
      expect(marks(back)).toEqual(marks(there).map(([name, direction]) => [name, opposite[direction]]));
    }
  });

  it('of one system: in at most one of twenty is anything marked', () => {
    const rounds = 400;
    let alarms = 0;
    for (let seed = 0; seed < rounds; seed += 1) {
      const system = { bad: 0.03, names: ['a', 'b', 'c'] };
      if (marks(diffRuns(simulate(seed, system), simulate(seed + 50_000, system))).length > 0) alarms += 1;
    }
    expect(alarms / rounds).toBeLessThan(0.05 + 3 * Math.sqrt((0.05 * 0.95) / rounds));
  });

  it('show a system that became slower or worse, and a regression when it is by more than is tolerated', () => {
    const slower = diffRuns(simulate(1), simulate(2, { slower: 2 }));
    expect(marks(slower)).toContainEqual(['ratings-delay fault page p50', 'worse']);
    expect(marks(slower).map(([name]) => name)).not.toContain('ratings-delay fault page good');
    expect(regressionsOf(slower, 0.1)).not.toEqual([]);
    expect(regressionsOf(slower, 5)).toEqual([]);
    const worse = diffRuns(simulate(1), simulate(2, { bad: 0.3 }));
    expect(marks(worse)).toContainEqual(['ratings-delay fault page good', 'worse']);
    expect(marks(worse)).toContainEqual(['ratings-delay fault page status 503', 'changed']);
    expect(marks(diffRuns(simulate(2, { bad: 0.3 }), simulate(1)))).toContainEqual([
      'ratings-delay fault page good',
      'better',
    ]);
  });

  it('cannot show it with a handful of requests', () => {
    expect(marks(diffRuns(simulate(1, { requests: 6 }), simulate(2, { requests: 6, slower: 10 })))).toEqual([]);
  });

  it('name the verdicts that differ and the experiments that only one of them had', () => {
    const diff = diffRuns(simulate(1, { names: ['a', 'b'] }), simulate(1, { names: ['b', 'c'], verdict: 'failed' }));
    expect(diff).toMatchObject({ onlyBefore: ['a'], onlyAfter: ['c'] });
    expect(diff.experiments).toMatchObject([{ name: 'b', before: 'passed', after: 'failed', direction: 'worse' }]);
    expect(regressionsOf(diff, 0.1)).toMatchObject([{ experiment: 'b', verdicts: ['passed', 'failed'] }]);
  });

  it('compare no times of requests that left late', () => {
    const late = simulate(2, { slower: 3 }, (result) => ({ ...result, late: 10 }));
    const diff = diffRuns(simulate(1), late);
    expect(diff.experiments[0]?.figures.map(({ unit }) => unit)).not.toContain('ms');
    expect(diff.experiments[0]?.notes[0]).toContain('because requests left late');
  });

  it('compare nothing that was not asked alike', () => {
    const ask = (run: ReadRun, change: Partial<Parameters<typeof askedOf>[0]>): ReadRun => {
      const asked = askedOf(anExperiment(change));
      const experiments = run.record.experiments.map((it) => ({ ...it, head: { ...it.head, asked } }));
      return { ...run, record: { ...run.record, experiments } };
    };
    const before = ask(simulate(1), {});
    const kinds = (after: ReadRun) => {
      const [experiment] = diffRuns(before, after).experiments;
      return [...new Set(experiment?.figures.map(({ phase, figure }) => `${phase} ${figure}`))];
    };
    const all = kinds(ask(simulate(2), {}));
    expect(all).toContain('fault good');
    expect(kinds(ask(simulate(2), { hypothesis: [aProbe({ underFault: {} })] }))).toEqual(
      all.filter((it) => it !== 'fault good'),
    );
    expect(kinds(ask(simulate(2), { faults: [aFault({ startAfter: 1 })] }))).toEqual(
      all.filter((it) => it.startsWith('baseline')),
    );
    const pacing = { kind: 'open', perSecond: 99, maxInFlight: 9 } as const;
    expect(kinds(ask(simulate(2), { hypothesis: [aProbe({ pacing })] }))).toEqual([]);
  });
});

it('verdicts that change places change direction', () => {
  const opposite = { better: 'worse', worse: 'better', same: 'same', changed: 'changed' } as const;
  for (const one of VERDICTS) {
    for (const other of VERDICTS) expect(compareVerdicts(one, other)).toBe(opposite[compareVerdicts(other, one)]);
  }
  expect(compareVerdicts('passed', 'inconclusive')).toBe('worse');
  expect(compareVerdicts('inconclusive', 'error')).toBe('changed');
});

function marks(diff: RunDiff): (readonly [string, 'better' | 'worse' | 'same' | 'changed'])[] {
  return diff.experiments
    .flatMap(({ name, figures }) => figures.map((it) => ({ name, ...it })))
    .filter(({ direction }) => direction !== 'same')
    .map(({ name, phase, probe, figure, direction }) => [`${name} ${phase} ${probe} ${figure}`, direction] as const);
}

/** A run of experiments with one probe, at random: log-normal times around 20 ms, some requests bad. */
function simulate(
  seed: number,
  { slower = 1, bad = 0, verdict = 'passed', requests = 60, names = ['ratings-delay'] }: System = {},
  adjust: (result: ProbeResult) => ProbeResult = (result) => result,
): ReadRun {
  const random = createRandom(seed, 'runs').next;
  const events: JournalEvent[] = [];
  const experiments = names.map((name): ExperimentRecord => {
    const phases = (['baseline', 'fault'] as const).map((phase) => {
      const samples = Array.from({ length: requests }, (_, index): Sample => {
        const due = index * 100;
        const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
        const isBad = random() < bad;
        return {
          due,
          sent: due,
          end: due + 20 * slower * Math.exp(0.4 * normal),
          status: isBad ? 503 : 200,
          ...(isBad && { failed: [{ check: 'status', detail: 'got 503' }] }),
        };
      });
      events.push({ t: 0, type: 'samples', experiment: name, phase, probe: 'page', samples });
      const result = adjust(judgeProbe({ probe: aProbe({ underFault: {} }), phase, samples }));
      return [phase, { startedMs: 0, results: [result] }] as const;
    });
    const record = experimentRecord({ verdict, phases: Object.fromEntries(phases) });
    return { ...record, head: { ...record.head, name } };
  });
  return { record: runRecord(experiments), latencies: latenciesIn(events) };
}
