import { assert, asyncProperty, constantFrom, integer, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJournal } from '../../src/journal/read-journal.ts';
import { replay } from '../../src/journal/replay.ts';
import type { JournalEvent } from '../../src/model/event.ts';
import type { Experiment } from '../../src/model/experiment.ts';
import type { Expectation } from '../../src/model/hypothesis.ts';
import type { ExperimentRecord } from '../../src/model/run-record.ts';
import type { Sample } from '../../src/model/sample.ts';
import { rejudge } from '../../src/review/rejudge.ts';
import { anExperiment, aProbe } from '../helpers/an-experiment.ts';
import { journalOf } from '../helpers/journal-of.ts';
import { limit } from '../helpers/probes.ts';
import type { FakeRun } from '../helpers/run-fake.ts';

const is = (status: number): Expectation => ({ status: [{ kind: 'exact', status }] });
const strict = anExperiment({ hypothesis: [aProbe({ underFault: {} })] });
const lenient = anExperiment();

describe('a journal that is judged again', () => {
  it('gives what the run gave when nothing else is expected, whatever happened', async () => {
    const ways = record({
      everyBad: integer({ min: 2, max: 40 }),
      how: constantFrom('steady', 'flaky', 'toothless', 'sticky', 'bad after', 'slow to recover'),
      good: constantFrom(undefined, limit('>=', 0.8), limit('>=', 0.5)),
      perSecond: constantFrom(2, 10, 25),
      underFault: constantFrom({}, is(500)),
    });
    const seen = new Set<string>();
    await assert(
      asyncProperty(ways, async ({ everyBad, how, good, perSecond, underFault }) => {
        const expect_: Expectation = { ...is(200), ...(good && { good }) };
        const probe = aProbe({ expect: expect_, underFault, pacing: { kind: 'open', perSecond, maxInFlight: 10 } });
        const experiment = anExperiment({ hypothesis: [probe] });
        const events = await journalOf(experiment, (run) =>
          misbehave(run, how, how === 'flaky' ? everyBad : everyBad * 30),
        );
        const [then, now] = [told(events), told(rejudge(events, named(experiment), ['same.yaml']))];
        seen.add(then.verdict ?? 'none');
        expect(now.before).toEqual({ verdict: then.verdict, reasons: then.reasons });
        // Its head has the lines of the file that judges.
        expect({ ...now, before: then.before, head: then.head }).toEqual(then);
      }),
      { seed: 7, numRuns: 30 },
    );
    expect([...seen].sort()).toEqual(['failed', 'inconclusive', 'passed', 'rollback-failed']);
  });

  it('fails by a hypothesis that is stricter than the one that passed, and says what it was', async () => {
    const now = told(rejudge(await journalOf(lenient), named(strict), ['strict.yaml']));
    expect(now).toMatchObject({ verdict: 'failed', before: { verdict: 'passed', reasons: [] } });
    expect(now.reasons[0]).toContain('good requests: expected >= 100%, got 0%');
    expect(now.reasons[0]).toContain('status: expected 200, got 500');
  });

  it('passes by one that allows what was seen', async () => {
    const events = await journalOf(strict);
    expect(told(events).verdict).toBe('failed');
    expect(told(rejudge(events, named(lenient), ['lenient.yaml']))).toMatchObject({ verdict: 'passed', reasons: [] });
  });

  it('applies new limits on time to the requests that were made', async () => {
    const events = await journalOf(lenient);
    const within = (ms: number) => anExperiment({ hypothesis: [aProbe({ expect: { ...is(200), within: ms } })] });
    expect(told(rejudge(events, named(within(5)), [])).verdict).toBe('passed');
    const late = told(rejudge(events, named(within(4)), []));
    expect(late.verdict).toBe('inconclusive');
    expect(late.reasons[0]).toContain('within: expected an answer within 4ms, got it after 5ms');
    const p50 = anExperiment({ hypothesis: [aProbe({ underFault: { ...is(500), latency: { max: limit('<', 5) } } })] });
    expect(told(rejudge(events, named(p50), [])).verdict).toBe('failed');
  });

  it('cannot make a fault proven that was not, nor gone what was left', async () => {
    const toothless = await journalOf(lenient, (run) => run.fake.toothless.add('broken'));
    expect(told(rejudge(toothless, named(lenient), []))).toMatchObject({
      verdict: 'inconclusive',
      faults: [{ proven: false }],
    });
    const sticky = await journalOf(strict, (run) => run.fake.sticky.add('broken'));
    expect(told(rejudge(sticky, named(lenient), [])).verdict).toBe('rollback-failed');
  });

  it('takes expected failures from the file that judges', async () => {
    const expected = { verdict: 'failed', because: 'no fallback' } as const;
    const events = await journalOf(strict);
    expect(told(rejudge(events, named({ ...strict, expected }), [])).verdict).toBe('known-weakness');
    const known = await journalOf({ ...strict, expected });
    expect(told(known).verdict).toBe('known-weakness');
    expect(told(rejudge(known, named(strict), [])).verdict).toBe('failed');
  });

  it('knows nothing of experiments that are not in the file', async () => {
    expect(replay(rejudge(await journalOf(lenient), new Map(), [])).experiments).toEqual([]);
  });

  it('ends with the exit code of the new verdicts', async () => {
    expect(replay(rejudge(await journalOf(lenient), named(strict), [])).exitCode).toBe(1);
    expect(replay(rejudge(await journalOf(strict), named(lenient), [])).exitCode).toBe(0);
  });
});

describe('a recovery that is judged again', () => {
  const recovery = (within: number, stable: number): Experiment =>
    anExperiment({ phases: { baseline: 1000, fault: 2000, recovery: { within, stable } } });
  const badFor = (ms: number) => (run: FakeRun) => misbehave(run, 'slow to recover', ms);

  it('is too late by a shorter limit', async () => {
    const events = await journalOf(recovery(5000, 1000), badFor(2000));
    expect(told(events)).toMatchObject({ verdict: 'passed', recovered: true });
    expect(told(rejudge(events, named(recovery(5000, 500)), []))).toMatchObject({ verdict: 'passed' });
    const now = told(rejudge(events, named(recovery(1000, 1000)), []));
    expect(now).toMatchObject({ verdict: 'failed', recovered: false });
    expect(now.reasons[0]).toContain('beginning within 1s');
  });

  it('is inconclusive where the run stopped looking too early', async () => {
    const events = await journalOf(recovery(5000, 1000), badFor(1000));
    const now = told(rejudge(events, named(recovery(5000, 3000)), []));
    expect(now.verdict).toBe('inconclusive');
    expect(now.reasons[0]).toContain('the run stopped looking before');
  });

  it('fails by a longer limit only if the run went on for as long', async () => {
    const events = await journalOf(recovery(2000, 1000), badFor(60_000));
    expect(told(events).verdict).toBe('failed');
    expect(told(rejudge(events, named(recovery(1000, 1000)), [])).verdict).toBe('failed');
    expect(told(rejudge(events, named(recovery(30_000, 1000)), [])).verdict).toBe('inconclusive');
  });
});

function misbehave(run: FakeRun, how: string, number: number): void {
  if (how === 'toothless') run.fake.toothless.add('broken');
  if (how === 'sticky') run.fake.sticky.add('broken');
  let asked = 0;
  let rolledBackAt = Number.POSITIVE_INFINITY;
  run.fake.onWrite = (write) => {
    if (write.startsWith('roll back')) rolledBackAt = run.clock.now();
  };
  run.fake.sampler.answer = (biting) => {
    asked += 1;
    if (how === 'flaky' && asked % number === 0) return 503;
    if (how === 'bad after' && run.clock.now() > rolledBackAt) return 503;
    if (how === 'slow to recover' && run.clock.now() > rolledBackAt && run.clock.now() < rolledBackAt + number)
      return 503;
    return biting ? 500 : 200;
  };
}

function named(experiment: Experiment): ReadonlyMap<string, Experiment> {
  return new Map([[experiment.name, experiment]]);
}

function told(events: readonly JournalEvent[]): ExperimentRecord {
  return replay(events).experiments[0]!;
}

it('judges a journal of 100,000 samples again in seconds', async () => {
  const batch = 500;
  const samples = (from: number): Sample[] =>
    Array.from({ length: batch }, (_, index) => {
      const due = (from + index) * 10;
      const latency = 20 + ((from + index) % 97);
      return { due, sent: due + 0.1, end: due + latency, status: 200, bytes: 5000 };
    });
  const events = (await journalOf(lenient)).flatMap((event): readonly JournalEvent[] => {
    if (event.type !== 'samples' || event.phase !== 'fault') return [event];
    return [];
  });
  const at = events.findIndex((event) => event.type === 'phase-started' && event.phase === 'fault') + 1;
  const many = Array.from({ length: 100_000 / batch }, (_, index): JournalEvent => {
    return {
      t: 1,
      type: 'samples',
      experiment: lenient.name,
      phase: 'fault',
      probe: 'page',
      samples: samples(index * batch),
    };
  });
  const underFault = { ...is(200), within: 100, latency: { p95: limit('<', 115), p99: limit('<', 100) } };
  const stricter = anExperiment({ hypothesis: [aProbe({ underFault })] });
  const text = [...events.slice(0, at), ...many, ...events.slice(at)]
    .map((event) => `${JSON.stringify(event)}\n`)
    .join('');
  const startedAt = performance.now();
  const now = told(rejudge(parseJournal(text, 'journal.ndjson').events, named(stricter), []));
  const took = performance.now() - startedAt;
  expect(now.phases.fault?.results[0]).toMatchObject({ samples: 100_000, verdict: 'failed' });
  // Half a second where nothing else runs; this machine may have ten other things to do.
  expect(took).toBeLessThan(10_000);
});
