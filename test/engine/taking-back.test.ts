import { describe, expect, it } from 'vitest';
import { HoldfastError } from '../../src/model/errors.ts';
import { STEPS, type Step } from '../../src/model/event.ts';
import { aFault, anExperiment, aProbe, aSetup } from '../helpers/an-experiment.ts';
import { createFakeRun, expectClean } from '../helpers/run-fake.ts';

const apiDown = (): never => {
  throw new HoldfastError('API_UNREACHABLE', { message: 'The API server does not answer.' });
};

describe('rollback', () => {
  it('happens when a probe throws under the fault', async () => {
    const run = createFakeRun();
    run.onEvent = (event) => {
      if (event.type === 'fault-proven') run.fake.sampler.failing = apiDown;
    };
    expect((await run.run(anExperiment())).verdict).toBe('error');
    expectClean(run);
  });

  it('happens when the disk is full', async () => {
    const run = createFakeRun();
    run.onEvent = (event) => {
      run.diskFull ||= event.type === 'fault-proven';
    };
    expect((await run.run(anExperiment())).verdict).toBe('passed');
    expect(run.events.some((it) => it.type === 'note' && it.text.includes('Rolling back all the same'))).toBe(true);
    expectClean(run);
  });

  it('outranks the verdict when it fails, and names the commands for a person', async () => {
    const run = createFakeRun();
    run.fake.failing.set('roll back broken', apiDown);
    const { verdict, reasons } = await run.run(anExperiment({ setup: [aSetup('reviews')] }));
    expect(verdict).toBe('rollback-failed');
    expect(reasons[0]).toContain('The API server does not answer.');
    expect(run.events.find((it) => it.type === 'fault-undone')).toMatchObject({ manual: ['kubectl undo broken'] });
    expect(
      run
        .stack()
        .open()
        .map((it) => it.title),
    ).toEqual(['fault broken']);
    expect([...run.fake.applied]).toEqual([]);
    expect([...run.fake.locked.keys()]).toEqual([]);
  });

  it('is given up when it hangs, after the budget and not before', async () => {
    const run = createFakeRun();
    run.fake.failing.set('roll back broken', () => new Promise<void>(() => undefined));
    const { verdict, reasons } = await run.run(anExperiment());
    expect(verdict).toBe('rollback-failed');
    expect(reasons[0]).toContain('was not done within 30 s');
    expect([...run.fake.locked.keys()]).toEqual([]);
  });

  it('is believed once a look shows it, however many looks the API server refused before', async () => {
    const run = createFakeRun();
    let refusals = 3;
    run.fake.failing.set('verify broken', () => {
      if (refusals-- > 0) apiDown();
    });
    expect((await run.run(anExperiment())).verdict).toBe('passed');
    expectClean(run);
  });

  it('is not believed while the API server refuses every look, and says why', async () => {
    const run = createFakeRun();
    run.fake.failing.set('verify broken', apiDown);
    const { verdict, reasons } = await run.run(anExperiment());
    expect(verdict).toBe('rollback-failed');
    expect(reasons[0]).toContain('The API server does not answer.');
  });

  it('has failed when the fault goes on biting', async () => {
    const run = createFakeRun();
    run.fake.sticky.add('broken');
    const { verdict, reasons } = await run.run(anExperiment());
    expect(verdict).toBe('rollback-failed');
    expect(reasons[0]).toContain('not shown to be gone');
    expect(run.events.some((it) => it.type === 'phase-started' && it.phase === 'recovery')).toBe(false);
  });

  it('takes nothing back that was never written', async () => {
    const run = createFakeRun();
    run.onEvent = (event) => {
      run.diskFull ||= event.type === 'phase-ended' && event.phase === 'baseline';
    };
    const { verdict } = await run.run(anExperiment());
    expect(verdict).toBe('error');
    expect(run.fake.writes.join()).not.toContain('inject');
    expectClean(run);
  });
});

describe('an interrupt', () => {
  const stages: readonly Step[] = STEPS.filter((it) => it !== 'guard');

  it.each(stages)('in step %s leaves nothing behind', async (stage) => {
    const run = createFakeRun();
    run.onEvent = (event) => {
      if (event.type === 'step-started' && event.step === stage) run.interrupt('SIGINT');
    };
    const { verdict } = await run.run(anExperiment({ setup: [aSetup('reviews')] }));
    // Once taking back has begun at the end of a whole run there is nothing left to interrupt.
    expect(verdict).toBe(stage === 'undo-setup' || stage === 'unlock' ? 'passed' : 'interrupted');
    expectClean(run);
  });

  it.each([100, 700, 1200, 1500, 2900, 3300, 4000])('after %i ms leaves nothing behind', async (ms) => {
    const run = createFakeRun();
    void run.clock.sleep(ms).then(() => run.interrupt('SIGTERM'));
    const { verdict, reasons } = await run.run(anExperiment({ setup: [aSetup('reviews')] }));
    expect({ verdict, reasons }).toEqual({ verdict: 'interrupted', reasons: ['stopped by SIGTERM'] });
    expectClean(run);
  });
});

describe('a lost lock', () => {
  it('stops the run, rolls back and makes it inconclusive', async () => {
    const run = createFakeRun();
    void run.clock.sleep(2000).then(() => run.fake.locked.get('vs:default/ratings')?.abort());
    const { verdict } = await run.run(anExperiment());
    expect(verdict).toBe('inconclusive');
    expectClean(run);
    expect(run.clock.now()).toBeLessThan(3500);
  });

  it('that is held by somebody else is reported as locked, with nothing touched', async () => {
    const run = createFakeRun();
    run.fake.failing.set('lock vs:default/ratings', () => {
      throw new HoldfastError('LOCKED', { message: 'Run other holds it.' });
    });
    expect((await run.run(anExperiment())).verdict).toBe('locked');
    expect(run.fake.writes).toEqual([]);
  });
});

describe('leftovers of an earlier run', () => {
  const leftover = {
    handle: { driver: 'istio', run: 'dead-run', fault: 'old', data: {} },
    where: 'VirtualService default/ratings',
    undoCommands: [],
  } as const;

  it('on our target stop the run, which names the command', async () => {
    const run = createFakeRun();
    run.fake.leftovers = [leftover];
    const { verdict, reasons } = await run.run(anExperiment());
    expect(verdict).toBe('rollback-failed');
    expect(reasons[0]).toContain('still carries what run dead-run left behind');
    expect(run.fake.writes).toEqual([]);
  });

  it('are recovered first with --recover', async () => {
    const run = createFakeRun();
    run.recover = true;
    run.fake.leftovers = [leftover];
    expect((await run.run(anExperiment())).verdict).toBe('passed');
    expect(run.fake.writes[0]).toBe('roll back old');
  });

  it('also count when this very run left them, by a rollback that failed', async () => {
    const run = createFakeRun();
    run.fake.leftovers = [{ ...leftover, handle: { ...leftover.handle, run: 'run-1' } }];
    run.fake.liveRuns = ['run-1'];
    expect((await run.run(anExperiment())).verdict).toBe('rollback-failed');
  });

  it('elsewhere are none of our business', async () => {
    const run = createFakeRun();
    run.fake.leftovers = [{ ...leftover, where: 'VirtualService default/details' }];
    expect((await run.run(anExperiment())).verdict).toBe('passed');
  });

  it('that belong to a run still alive mean that the target is locked', async () => {
    const run = createFakeRun();
    run.fake.leftovers = [leftover];
    run.fake.liveRuns = ['dead-run'];
    run.recover = true;
    expect((await run.run(anExperiment())).verdict).toBe('locked');
    expect(run.fake.writes).toEqual([]);
  });
});

describe('a probe worker that dies', () => {
  it('under the fault makes an error of the run, not a fault that may be left', async () => {
    const run = createFakeRun();
    const died = (): never => {
      throw new HoldfastError('PROBE_WORKER_FAILED', { message: 'the probe worker failed' });
    };
    run.onEvent = (event) => {
      if (event.type === 'phase-started' && event.phase === 'fault') run.fake.sampler.failing = died;
    };
    const proof = { http: aProbe().http, expect: aProbe().underFault ?? {} };
    const { verdict } = await run.run(anExperiment({ faults: [aFault({ proof })] }));
    expect(verdict).toBe('error');
    expectClean(run);
  });
});
