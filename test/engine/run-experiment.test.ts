import { describe, expect, it } from 'vitest';
import { recoveryCurve } from '../../src/judge/recovery-curve.ts';
import { HoldfastError } from '../../src/model/errors.ts';
import { STEPS, type Step } from '../../src/model/event.ts';
import { aFault, anExperiment, aProbe, aSetup } from '../helpers/an-experiment.ts';
import { createFakeRun, expectClean } from '../helpers/run-fake.ts';

const apiDown = (): never => {
  throw new HoldfastError('API_UNREACHABLE', { message: 'The API server does not answer.' });
};

describe('an experiment', () => {
  it('passes when the fault is proven, the hypothesis holds and the system recovers', async () => {
    const run = createFakeRun();
    expect(await run.run(anExperiment())).toEqual({ verdict: 'passed', reasons: [] });
    expect(run.fake.writes).toEqual([
      'lock vs:default/ratings',
      'inject broken',
      'roll back broken',
      'unlock vs:default/ratings',
    ]);
    expectClean(run);
  });

  it('goes through the steps in the order of the life of a run', async () => {
    const run = createFakeRun();
    await run.run(anExperiment({ setup: [aSetup('reviews')] }));
    const steps = run.events.filter((it) => it.type === 'step-started').map((it) => it.step);
    const untold: readonly Step[] = ['guard'];
    expect(steps).toEqual(STEPS.filter((it) => !untold.includes(it)));
    expect(run.fake.writes.filter((it) => !it.includes('lock'))).toEqual([
      'set up reviews',
      'inject broken',
      'roll back broken',
      'undo setup reviews',
    ]);
  });

  it('says what it will write before it writes it', async () => {
    const run = createFakeRun();
    await run.run(anExperiment());
    const order = run.events.map((it) => it.type);
    expect(order.indexOf('planned')).toBeLessThan(order.indexOf('mutating'));
    const mutations = run.events.filter((it) => it.type === 'mutating' || it.type === 'mutated');
    expect(mutations.map((it) => `${it.type} ${it.mutation.what}`)).toEqual([
      'mutating lock',
      'mutated lock',
      'mutating inject',
      'mutated inject',
      'mutating rollback',
      'mutated rollback',
      'mutating unlock',
      'mutated unlock',
    ]);
  });

  it('fails when the hypothesis breaks under the fault, and still measures the recovery', async () => {
    const run = createFakeRun();
    const { verdict } = await run.run(anExperiment({ hypothesis: [aProbe({ underFault: undefined })] }));
    expect(verdict).toBe('failed');
    expect(run.events.find((it) => it.type === 'recovered')).toMatchObject({ recovered: true });
    expectClean(run);
  });

  it('fails when the system stays broken after the fault, and says what did', async () => {
    const run = createFakeRun();
    run.onEvent = (event) => {
      if (event.type === 'phase-started' && event.phase === 'recovery') run.fake.sampler.answer = () => 503;
    };
    const { verdict, reasons } = await run.run(anExperiment());
    expect(verdict).toBe('failed');
    expect(reasons[0]).toMatch(/^no recovery: the hypothesis did not hold for 1s in a row, beginning within 5s/);
    expect(reasons[1]).toMatch(
      /^page: still broken [\d.]+s after the rollback .*none from [\d.]+m?s on.*got 503; at the end 0 of 2 good, 503 x 2, p50 5ms, before the fault 2 of 2 good, 200 x 2, p50 5ms$/,
    );
    expectClean(run);
  });

  it('says that it may have recovered earlier where the fault ended long before anybody watched for it', async () => {
    const run = createFakeRun();
    const phases = { baseline: 1000, fault: 4000, recovery: { within: 5000, stable: 1000 } };
    const probe = aProbe({
      underFault: {
        status: [
          { kind: 'class', digit: 2 },
          { kind: 'exact', status: 500 },
        ],
      },
    });
    await run.run(anExperiment({ phases, hypothesis: [probe], faults: [aFault({ duration: 500 })] }));
    const told = run.events.find((it) => it.type === 'recovered');
    expect(told).toMatchObject({ recovered: true, detail: expect.stringContaining('or earlier') as string });
    expect(told?.watch?.watchedFromMs).toBeGreaterThan(2500);
    expect(told?.recoveryMs).toBeGreaterThan(2500);
  });

  it('tells of the recovery what follows from the samples and the rollback alone', async () => {
    const run = createFakeRun();
    let bad = 3;
    run.onEvent = (event) => {
      if (event.type !== 'phase-started' || event.phase !== 'recovery') return;
      run.fake.sampler.answer = () => ((bad -= 1) >= 0 ? 500 : 200);
    };
    await run.run(anExperiment());
    const told = run.events.find((it) => it.type === 'recovered');
    const samples = run.events.flatMap((it) =>
      it.type === 'samples' && it.phase === 'recovery' ? it.samples.map((one) => ({ ...one })) : [],
    );
    const firstGood = samples.find((it) => it.status === 200)?.due ?? 0;
    expect(told?.recoveryMs).toBe(firstGood - (told?.rolledBackMs ?? 0));
    const { bucketMs = 1, probes = [] } = told?.watch ?? {};
    expect(probes[0]).toMatchObject({ probe: 'page', state: 'recovered', recoveryMs: told?.recoveryMs });
    expect(probes[0]?.curve).toEqual(recoveryCurve(samples, aProbe().expect, told?.rolledBackMs ?? 0, bucketMs));
  });

  it('measures no more overhead than it caused', async () => {
    const run = createFakeRun();
    await run.run(anExperiment());
    const ended = run.events.find((it) => it.type === 'experiment-ended');
    expect(ended?.durationMs).toBeGreaterThanOrEqual(4000);
    expect(ended?.overheadMs).toBeLessThan(400);
  });

  it('injects nothing when the baseline is not steady', async () => {
    const run = createFakeRun();
    run.fake.sampler.answer = () => 503;
    expect((await run.run(anExperiment())).verdict).toBe('inconclusive');
    expect(run.fake.writes).toEqual(['lock vs:default/ratings', 'unlock vs:default/ratings']);
    expectClean(run);
  });

  it('is inconclusive when the fault is not seen to bite, and skips the fault phase', async () => {
    const run = createFakeRun();
    run.fake.toothless.add('broken');
    const { verdict, reasons } = await run.run(anExperiment());
    expect(verdict).toBe('inconclusive');
    expect(reasons.join()).toContain('not shown to bite');
    expect(run.events.some((it) => it.type === 'phase-started' && it.phase === 'fault')).toBe(false);
    expectClean(run);
  });

  it('is inconclusive when somebody changes the object meanwhile', async () => {
    const run = createFakeRun();
    const object = { apiVersion: 'v1', kind: 'VirtualService', namespace: 'default', name: 'ratings' };
    run.fake.drift = [{ object, detail: 'argocd changed spec.http' }];
    const { verdict } = await run.run(anExperiment());
    expect(verdict).toBe('inconclusive');
    expect(run.events.filter((it) => it.type === 'drift')).toHaveLength(1);
  });

  it('is inconclusive when the fault ends before it is taken back', async () => {
    const run = createFakeRun();
    run.onEvent = (event) => {
      if (event.type === 'phase-started' && event.phase === 'fault') run.fake.ended.add('broken');
    };
    const { verdict, reasons } = await run.run(anExperiment());
    expect(verdict).toBe('inconclusive');
    expect(reasons.join()).toContain('the fault ended before it was taken back');
  });

  it('sends as many requests in a phase as rate and time say, not one more at its very end', async () => {
    const run = createFakeRun();
    const probe = aProbe({ pacing: { kind: 'open', perSecond: 5, maxInFlight: 10 } });
    const phases = { baseline: 2000, fault: 3000, recovery: { within: 5000, stable: 1000 } };
    await run.run(anExperiment({ hypothesis: [probe], phases }));
    const counted = run.events.flatMap((it) => (it.type === 'phase-ended' ? [[it.phase, it.results[0]?.samples]] : []));
    expect(Object.fromEntries(counted)).toMatchObject({ baseline: 10, fault: 15 });
  });

  it('lets a later burst show the recovery that the first one did not', async () => {
    const run = createFakeRun();
    let bad = 2;
    run.onEvent = (event) => {
      if (event.type !== 'phase-started' || event.phase !== 'recovery') return;
      run.fake.sampler.answer = (biting) => (biting || (bad -= 1) >= 0 ? 500 : 200);
    };
    const burst = aProbe({ pacing: { kind: 'closed', concurrency: 1, requests: 1 } });
    const { verdict, reasons } = await run.run(anExperiment({ hypothesis: [burst] }));
    expect({ verdict, reasons }).toEqual({ verdict: 'passed', reasons: [] });
  });

  it('asks for two looks in a row to call a fault proven, and for one where it hits a share of the requests', async () => {
    const flicker = async (percentage: number) => {
      const run = createFakeRun();
      let looks = 0;
      run.fake.sampler.answer = (biting) => (biting && (looks += 1) % 2 === 0 ? 500 : 200);
      const { spec } = aFault();
      const proof = { http: aProbe().http, expect: aProbe().underFault ?? {} };
      const fault = aFault({ proof, spec: { ...spec, abort: { httpStatus: 500, percentage } } });
      await run.run(anExperiment({ faults: [fault] }));
      return run.events.find((it) => it.type === 'fault-proven')?.proven;
    };
    expect(await flicker(100)).toBe(false);
    expect(await flicker(50)).toBe(true);
  });

  it('injects nothing when a proof is positive already', async () => {
    const run = createFakeRun();
    const proof = { http: aProbe().http, expect: aProbe().expect };
    const { verdict, reasons } = await run.run(anExperiment({ faults: [aFault({ proof })] }));
    expect(verdict).toBe('inconclusive');
    expect(reasons.join()).toContain('not injected: its proof probe is positive without the fault already');
    expect(run.fake.writes).toEqual(['lock vs:default/ratings', 'unlock vs:default/ratings']);
    expectClean(run);
  });

  it('is inconclusive when the hypothesis held because no request of its phase met the fault', async () => {
    const run = createFakeRun();
    run.fake.hits = () => 4;
    const { verdict, reasons } = await run.run(anExperiment());
    expect(verdict).toBe('inconclusive');
    expect(reasons.join()).toContain('hit no request of the fault phase');
    expectClean(run);
  });

  it('passes when the fault goes on hitting requests after it was proven', async () => {
    const run = createFakeRun();
    run.fake.hits = () => run.clock.now();
    expect((await run.run(anExperiment())).verdict).toBe('passed');
  });

  it('waits one delay for requests that are still held up before it says that none was hit', async () => {
    const run = createFakeRun();
    const { abort: _, ...spec } = aFault().spec;
    const slow = aFault({ spec: { ...spec, delay: { fixedDelay: 4000, percentage: 100 } } });
    const ended = { at: Number.POSITIVE_INFINITY };
    run.onEvent = (event) => {
      if (event.type === 'phase-ended' && event.phase === 'fault') ended.at = run.clock.now();
    };
    run.fake.hits = () => (run.clock.now() < ended.at + 3000 ? 4 : 5);
    expect((await run.run(anExperiment({ faults: [slow] }))).verdict).toBe('passed');
  });

  it('counts the time to recover from when the fault is shown to be gone', async () => {
    const run = createFakeRun();
    const { recovery, ...phases } = anExperiment().phases;
    const within = { ...phases, recovery: { ...recovery, within: 500 } };
    run.onEvent = (event) => {
      if (event.type === 'mutated' && event.mutation.what === 'rollback') run.fake.lingering = run.clock.now() + 3000;
    };
    expect((await run.run(anExperiment({ phases: within }))).verdict).toBe('passed');
  });

  it('stops before the lock on a finding of severity error', async () => {
    const run = createFakeRun();
    run.fake.findings = [{ severity: 'error', code: 'NO_SIDECAR', message: 'No caller has a sidecar.' }];
    expect(await run.run(anExperiment())).toEqual({ verdict: 'error', reasons: ['No caller has a sidecar.'] });
    expect(run.fake.writes).toEqual([]);
  });

  it('runs to its verdict on a finding of severity warning', async () => {
    const run = createFakeRun();
    run.fake.findings = [{ severity: 'warning', code: 'OWNED', message: 'Helm owns it.' }];
    expect((await run.run(anExperiment())).verdict).toBe('passed');
  });
});

describe('faults with times of their own', () => {
  const late = aFault({ name: 'late', startAfter: 500, duration: 800 });

  it('come and go inside the fault phase', async () => {
    const run = createFakeRun();
    const hypothesis = [aProbe({ underFault: { good: { kind: 'compare', op: '>=', value: 0, text: '>= 0%' } } })];
    const { verdict } = await run.run(anExperiment({ faults: [late], hypothesis }));
    expect(verdict).toBe('passed');
    const phaseEnd = run.events.findIndex((it) => it.type === 'phase-ended' && it.phase === 'fault');
    const gone = run.events.findIndex((it) => it.type === 'fault-undone');
    expect(gone).toBeGreaterThan(0);
    expect(gone).toBeLessThan(phaseEnd);
    expectClean(run);
  });

  it('are all rolled back when one of them cannot be injected', async () => {
    const run = createFakeRun();
    run.fake.failing.set('inject late', apiDown);
    const { verdict } = await run.run(anExperiment({ faults: [aFault(), late] }));
    expect(verdict).toBe('error');
    expect(run.fake.writes).toContain('roll back broken');
    expectClean(run);
  });

  it('are rolled back when the second one at the start cannot be injected', async () => {
    const run = createFakeRun();
    run.fake.failing.set('inject second', apiDown);
    const { verdict } = await run.run(anExperiment({ faults: [aFault(), aFault({ name: 'second' })] }));
    expect(verdict).toBe('error');
    expect(run.fake.writes.slice(-3)).toEqual(['roll back second', 'roll back broken', 'unlock vs:default/ratings']);
    expectClean(run);
  });
});
