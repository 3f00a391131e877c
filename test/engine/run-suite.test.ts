import { describe, expect, it } from 'vitest';
import { createEmitter } from '../../src/engine/emit.ts';
import { repeated } from '../../src/engine/rounds.ts';
import { startSuite, type Suite, type SuiteOptions } from '../../src/engine/run-suite.ts';
import { fold } from '../../src/journal/replay.ts';
import type { JournalEvent } from '../../src/model/event.ts';
import type { RunRecord } from '../../src/model/run-record.ts';
import { anExperiment } from '../helpers/an-experiment.ts';
import { createFakeWorld } from '../helpers/fake-world.ts';
import { stepUntil } from '../helpers/run-fake.ts';
import { createSteppedClock } from '../helpers/stepped-clock.ts';

function setUp(change: Partial<SuiteOptions> = {}) {
  const clock = createSteppedClock();
  const fake = createFakeWorld(clock);
  const events: JournalEvent[] = [];
  const journal = {
    path: '',
    append: (event: JournalEvent) => void events.push(event),
    sync: async () => undefined,
    close: async () => undefined,
  };
  const warnings: string[] = [];
  const emitter = createEmitter({
    journal,
    clock,
    epoch: 0,
    reporters: [
      {
        onEvent: () => {
          throw new Error('no terminal');
        },
        close: async () => undefined,
      },
    ],
    redact: (event) => JSON.parse(JSON.stringify(event).replaceAll('hunter22', '***')) as JournalEvent,
    warn: (message) => void warnings.push(message),
  });
  const suite: Suite = startSuite({
    runId: 'run-1',
    version: '0.0.0',
    experiments: ['one', 'two', 'three'].map((name) => anExperiment({ name })),
    target: fake.world.target,
    clock,
    epoch: 0,
    journal,
    emitter,
    workers: 1,
    bail: false,
    recover: false,
    rollbackBudget: 30_000,
    openWorld: async () => fake.world,
    lockKeys: async () => ['vs:default/ratings'],
    ...change,
  });
  const record = (): RunRecord | undefined => {
    let folded: RunRecord | undefined;
    for (const event of events) folded = fold(folded, event);
    return folded;
  };
  const finish = async () => {
    await stepUntil(clock, suite.ended);
    return { exitCode: await suite.ended, verdicts: record()?.experiments.map((it) => it.verdict) };
  };
  return { clock, fake, events, warnings, suite, finish, record };
}

describe('a suite', () => {
  it('runs its experiments one after another and ends with 0 when all pass', async () => {
    const { finish, events } = setUp();
    expect(await finish()).toEqual({ exitCode: 0, verdicts: ['passed', 'passed', 'passed'] });
    expect(events[0]).toMatchObject({ type: 'run-started', runId: 'run-1', t: 0 });
    expect(events.at(-1)).toMatchObject({ type: 'run-ended', exitCode: 0 });
    expect(events.map((it) => it.t)).toEqual(events.map((it) => it.t).toSorted((a, b) => a - b));
  });

  it('never runs two that lock the same target side by side, however many workers there are', async () => {
    const { finish, fake } = setUp({ workers: 3 });
    await finish();
    const locks = fake.writes.filter((it) => it.includes('lock'));
    expect(locks).toEqual([1, 2, 3].flatMap(() => ['lock vs:default/ratings', 'unlock vs:default/ratings']));
  });

  it('skips the rest after a red one with --bail', async () => {
    const { finish, fake, record } = setUp({ bail: true });
    fake.sampler.answer = () => 503;
    expect(await finish()).toEqual({ exitCode: 4, verdicts: ['inconclusive', 'skipped', 'skipped'] });
    expect(record()?.experiments[1]?.reasons).toEqual([
      'an earlier experiment ended as inconclusive, and --bail was given',
    ]);
  });

  it('stops the one that runs and skips the rest at an interrupt', async () => {
    const { finish, suite, clock, fake, record } = setUp();
    void clock.sleep(2500).then(() => suite.interrupt('SIGINT'));
    expect(await finish()).toEqual({ exitCode: 130, verdicts: ['interrupted', 'skipped', 'skipped'] });
    expect([...fake.active]).toEqual([]);
    expect(suite.outstanding()).toEqual([]);
    expect(record()).toMatchObject({ interruptedBy: 'SIGINT', exitCode: 130 });
  });

  it('rolls back and ends in an error when something fails that nobody caught', async () => {
    const { finish, suite, clock, fake, record } = setUp();
    void clock.sleep(2500).then(() => suite.crash(new Error('boom')));
    expect(await finish()).toEqual({ exitCode: 3, verdicts: ['error', 'skipped', 'skipped'] });
    expect([...fake.active]).toEqual([]);
    expect(record()?.experiments[0]?.reasons.join()).toContain('boom');
  });

  it('can tell at any moment what is still in the cluster', async () => {
    const { suite, clock, finish } = setUp();
    const told: string[][] = [];
    void clock.sleep(2500).then(() => told.push(suite.outstanding().flatMap((it) => it.manual)));
    await finish();
    expect(told).toEqual([['kubectl undo broken']]);
  });

  it('ends with 5 when something may be left, also after an interrupt', async () => {
    const { finish, suite, clock, fake } = setUp();
    fake.failing.set('roll back broken', () => {
      throw new Error('refused');
    });
    void clock.sleep(2500).then(() => suite.interrupt('SIGTERM'));
    expect((await finish()).exitCode).toBe(5);
    expect(suite.outstanding().map((it) => it.title)).toEqual(['fault broken']);
  });

  it('makes an error of every experiment when there is no cluster', async () => {
    const { finish } = setUp({
      openWorld: async () => {
        throw new Error('no cluster');
      },
    });
    expect(await finish()).toEqual({ exitCode: 3, verdicts: ['error', 'error', 'error'] });
  });

  it('goes on without a reporter that throws, and says so once', async () => {
    const { finish, warnings } = setUp();
    expect((await finish()).exitCode).toBe(0);
    expect(warnings).toEqual(['A reporter failed and is left out from here on: no terminal']);
  });

  it('tells of repeated experiments how often each statement held, and that the verdicts differ', async () => {
    const { finish, record, fake } = setUp({ experiments: repeated([anExperiment({ name: 'one' })], 3), seed: 7 });
    // The page does not answer 500 as it should while the fault of the second round is in.
    fake.sampler.answer = (biting) => {
      const second = fake.writes.filter((it) => it === 'inject broken').length === 2;
      const underFault = record()?.experiments[1]?.phases.fault !== undefined;
      return biting && !(second && underFault) ? 500 : 200;
    };
    expect(await finish()).toEqual({ exitCode: 1, verdicts: ['passed', 'failed', 'passed'] });
    expect(record()).toMatchObject({
      seed: 7,
      repeats: [
        {
          experiment: 'one',
          verdicts: { passed: 2, failed: 1 },
          flaky: true,
          probes: [{ probe: 'page', held: 2, decided: 3 }],
        },
      ],
    });
    expect(record()?.experiments[1]?.head).toMatchObject({ name: 'one (2 of 3)', round: { of: 'one', round: 2 } });
    expect(fake.writes.filter((it) => it.startsWith('lock'))).toHaveLength(3);
  });

  it('writes no secret into the journal', async () => {
    const { finish, events, fake } = setUp();
    fake.findings = [{ severity: 'warning', code: 'OWNED', message: 'password hunter22 is weak' }];
    await finish();
    expect(JSON.stringify(events)).toContain('password *** is weak');
    expect(JSON.stringify(events)).not.toContain('hunter22');
  });
});

describe('a suite that goes on by what came of it', () => {
  it('asks for one more until there is none, and ends as it concludes', async () => {
    const more = ['four', 'five'].map((name) => anExperiment({ name }));
    const conclusion = { command: 'verify-fix', outcome: 'fixed', exitCode: 4, sentences: [], asked: [] } as const;
    const asked: number[] = [];
    const { finish, record } = setUp({
      next: () => more.shift(),
      conclude: (exitCode) => {
        asked.push(exitCode);
        return { ...conclusion, before: 'one', after: 'two' };
      },
    });
    const { exitCode, verdicts } = await finish();
    expect([exitCode, verdicts, asked]).toEqual([4, Array.from({ length: 5 }, () => 'passed'), [0]]);
    expect(record()).toMatchObject({ exitCode: 4, conclusion: { outcome: 'fixed' } });
    expect(record()?.experiments.map((it) => it.head.name)).toEqual(['one', 'two', 'three', 'four', 'five']);
  });

  it('asks for no more after a stop', async () => {
    const { finish, suite, clock } = setUp({ next: () => anExperiment({ name: 'more' }) });
    await clock.step(100);
    suite.interrupt('SIGINT');
    expect(await finish()).toEqual({ exitCode: 130, verdicts: ['interrupted', 'skipped', 'skipped'] });
  });

  it('opens one world for each place', async () => {
    const opened: string[] = [];
    const suite = setUp({
      placeOf: ({ name }) => (name === 'two' ? 'there' : 'here'),
      openWorld: async (_worker, _signal, place) => {
        opened.push(place);
        return suite.fake.world;
      },
    });
    expect((await suite.finish()).exitCode).toBe(0);
    expect(opened).toEqual(['here', 'there']);
  });
});
