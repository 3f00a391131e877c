import { describe, expect, it } from 'vitest';
import { HoldfastError } from '../../src/model/errors.ts';
import { aFault, anExperiment, aProbe } from '../helpers/an-experiment.ts';
import { aKill } from '../helpers/fake-killer.ts';
import { createFakeRun, expectClean, type FakeRun } from '../helpers/run-fake.ts';

const either = [200, 500].map((status) => ({ kind: 'exact', status }) as const);
/** Takes whatever the fake world answers under its faults. */
const calm = aProbe({ underFault: { status: either } });
const refusal = (): never => {
  throw new HoldfastError('API_FORBIDDEN', { message: 'The API server says no.' });
};

function ofFaults({ events }: FakeRun, type: 'fault-injected' | 'fault-proven' | 'fault-undone') {
  return events.flatMap((it) => (it.type === type ? [it.fault] : []));
}

describe('several faults in one experiment', () => {
  it('come and go at their own times, each with its lock, its evidence and its undo', async () => {
    const run = createFakeRun();
    const faults = [
      aFault({ name: 'late', startAfter: 1000 }),
      aKill({ duration: 500 }),
      aFault({ name: 'short', startAfter: 200, duration: 400 }),
    ];
    const { verdict } = await run.run(anExperiment({ hypothesis: [calm], faults }));
    expect(verdict).toBe('passed');
    expect(run.fake.writes).toEqual([
      'lock pods:default/ratings',
      'lock vs:default/ratings',
      'inject kill',
      'inject short',
      'roll back kill',
      'roll back short',
      'inject late',
      'roll back late',
      'unlock vs:default/ratings',
      'unlock pods:default/ratings',
    ]);
    expect(ofFaults(run, 'fault-proven').toSorted()).toEqual(['kill', 'late', 'short']);
    expect(ofFaults(run, 'fault-undone').toSorted()).toEqual(['kill', 'late', 'short']);
    expectClean(run);
  });

  it.each([0, 500])('are all taken back when one that starts after %i ms cannot be injected', async (startAfter) => {
    const run = createFakeRun();
    run.fake.failing.set('inject second', refusal);
    const faults = [aFault({ name: 'first' }), aKill(), aFault({ name: 'second', startAfter })];
    const { verdict, reasons } = await run.run(anExperiment({ hypothesis: [calm], faults }));
    expect([verdict, reasons]).toEqual(['error', ['The API server says no.']]);
    expect(run.fake.writes).toContain('roll back first');
    expect(run.fake.writes).toContain('roll back kill');
    expectClean(run);
  });

  it('are inconclusive when one of them is not shown to bite', async () => {
    const run = createFakeRun();
    run.fake.toothless.add('toothless');
    const faults = [aKill(), aFault({ name: 'toothless' })];
    const { verdict, reasons } = await run.run(anExperiment({ hypothesis: [calm], faults }));
    expect([verdict, reasons[0]]).toEqual(['inconclusive', expect.stringContaining('fault "toothless" was not shown')]);
    expectClean(run);
  });
});

describe('a fault that acts again and again', () => {
  it('does so from its injection on, and not once after its rollback has begun', async () => {
    const run = createFakeRun();
    const { acts } = run.fake.killer;
    const { verdict } = await run.run(anExperiment({ hypothesis: [calm], faults: [aKill()] }));
    expect(verdict).toBe('passed');
    expect(acts.length).toBeGreaterThan(5);
    const rolledBack = run.events.findIndex((it) => it.type === 'mutated' && it.mutation.what === 'rollback');
    expect(rolledBack).toBeGreaterThan(0);
    expect(run.fake.killer.stoppedAt).toBeGreaterThanOrEqual(acts.at(-1) ?? 0);
  });

  it('stops at its own time, before the phase is over', async () => {
    const run = createFakeRun();
    await run.run(anExperiment({ hypothesis: [calm], faults: [aKill({ duration: 700 })] }));
    const [first = 0, ...later] = run.fake.killer.acts;
    expect(Math.max(...later) - first).toBeLessThanOrEqual(1000);
  });

  it('ends the phase with an error when it cannot, and everything is taken back', async () => {
    const run = createFakeRun();
    run.fake.killer.refused = new HoldfastError('API_FORBIDDEN', { message: 'no right any more' });
    const { verdict, reasons } = await run.run(anExperiment({ hypothesis: [calm], faults: [aFault(), aKill()] }));
    expect(verdict).toBe('error');
    expect(reasons).toEqual(['Fault kill could not act again: no right any more']);
    expect(run.fake.writes).toContain('roll back broken');
    expectClean(run);
  });

  it('stops at an interrupt', async () => {
    const run = createFakeRun();
    run.onEvent = (event) => {
      if (event.type === 'fault-proven') run.interrupt('SIGINT');
    };
    expect((await run.run(anExperiment({ hypothesis: [calm], faults: [aKill()] }))).verdict).toBe('interrupted');
    const { acts, stoppedAt = Infinity } = run.fake.killer;
    expect(Math.max(...acts)).toBeLessThanOrEqual(stoppedAt);
    expectClean(run);
  });
});

describe('what heals by itself', () => {
  const experiment = anExperiment({ hypothesis: [calm], faults: [aKill()] });

  it('has the time of the recovery for it', async () => {
    const run = createFakeRun();
    run.fake.killer.healedAt = 6000;
    expect((await run.run(experiment)).verdict).toBe('passed');
    const [undone] = run.events.filter((it) => it.type === 'fault-undone');
    expect(undone).toMatchObject({ undone: true, timeToGoneMs: expect.any(Number) });
  });

  it('is a recovery that failed when it has not, not a rollback: nothing of ours is left', async () => {
    const run = createFakeRun();
    run.fake.killer.healedAt = Infinity;
    const { verdict, reasons } = await run.run(experiment);
    expect(verdict).toBe('failed');
    expect(reasons).toEqual(['no recovery: What fault kill did was not healed within 5 s: seen pending']);
    expect(run.events.filter((it) => it.type === 'recovered')).toMatchObject([{ recovered: false }]);
    expectClean(run);
  });

  it('is told with what users see of it', async () => {
    const run = createFakeRun();
    run.fake.killer.healedAt = Infinity;
    run.onEvent = (event) => {
      if (event.type === 'recovered') run.fake.sampler.answer = () => 503;
    };
    const { verdict, reasons } = await run.run(experiment);
    expect(verdict).toBe('failed');
    expect(reasons[0]).toContain('was not healed within 5 s');
    expect(reasons[1]).toMatch(/^page: still broken [\d.]+s after the rollback .*got 503/);
    const phases = run.events.flatMap((it) => (it.type === 'phase-ended' ? [it.phase] : []));
    expect(phases).toEqual(['baseline', 'fault', 'recovery']);
    expectClean(run);
  });

  it('can be a weakness that is known', async () => {
    const run = createFakeRun();
    run.fake.killer.healedAt = Infinity;
    const expected = { verdict: 'failed', because: 'the pod starts slowly' } as const;
    expect((await run.run({ ...experiment, expected })).verdict).toBe('known-weakness');
  });

  it('is not waited for after an interrupt', async () => {
    const run = createFakeRun();
    run.fake.killer.healedAt = Infinity;
    run.onEvent = (event) => {
      if (event.type === 'fault-proven') run.interrupt('SIGINT');
    };
    expect((await run.run(experiment)).verdict).toBe('interrupted');
    expect(run.clock.now()).toBeLessThan(5000);
  });

  it('is watched from its own end on, while the phase goes on', async () => {
    const run = createFakeRun();
    run.fake.killer.healedAt = 1900;
    await run.run({ ...experiment, faults: [aKill({ duration: 300 })] });
    const undone = run.events.findIndex((it) => it.type === 'fault-undone');
    const ended = run.events.findIndex((it) => it.type === 'phase-ended' && it.phase === 'fault');
    expect(undone).toBeGreaterThan(0);
    expect(undone).toBeLessThan(ended);
  });
});
