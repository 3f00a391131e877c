import { describe, expect, it } from 'vitest';
import { HoldfastError } from '../../src/model/errors.ts';
import type { Experiment } from '../../src/model/experiment.ts';
import type { StopCondition } from '../../src/model/stop-condition.ts';
import { aFault, anExperiment, aProbe } from '../helpers/an-experiment.ts';
import { aKill } from '../helpers/fake-killer.ts';
import { limit } from '../helpers/probes.ts';
import { createFakeRun, expectClean, type FakeRun } from '../helpers/run-fake.ts';

const either = [200, 500].map((status) => ({ kind: 'exact', status }) as const);
const OUTAGE = '/for-everybody';
const phases = { baseline: 1000, fault: 30_000, recovery: { within: 5000, stable: 1000 } };

/** Stops when most answers of a page of its own, asked for ten times a second, are bad. */
function aCanary(change: Partial<StopCondition> = {}): StopCondition {
  return {
    name: 'nobody gets a page',
    watched: {
      kind: 'canary',
      http: { ...aProbe().http, path: OUTAGE },
      pacing: { kind: 'open', perSecond: 10, maxInFlight: 1000 },
      expect: { status: [{ kind: 'exact', status: 200 }] },
    },
    window: 2000,
    when: { good: limit('<', 0.5, '< 50%') },
    line: 30,
    ...change,
  };
}

/** The hypothesis bears the fault; the canary does not, once `outage` says so. */
function stopping(change: Partial<Experiment> = {}): Experiment {
  return anExperiment({
    phases,
    hypothesis: [aProbe({ pacing: { kind: 'open', perSecond: 10, maxInFlight: 10 }, underFault: { status: either } })],
    abortWhen: [aCanary()],
    ...change,
  });
}

function outageFrom(run: FakeRun, type: 'phase-started' | 'fault-injected', after = 0): void {
  let from = Number.POSITIVE_INFINITY;
  run.onEvent = (event) => {
    if (event.type === type && (event.type !== 'phase-started' || event.phase === 'fault'))
      from = run.clock.now() + after;
  };
  run.fake.sampler.answer = (biting, path) => {
    if (path === OUTAGE) return biting && run.clock.now() >= from ? 503 : 200;
    return biting ? 500 : 200;
  };
}

function steps({ events }: FakeRun): readonly string[] {
  return events.flatMap((it) => (it.type === 'step-started' ? it.step : it.type === 'aborted' ? 'ABORTED' : []));
}

describe('a stop condition', () => {
  it('that never comes true changes nothing', async () => {
    const run = createFakeRun();
    run.fake.sampler.answer = (biting, path) => (biting && path !== OUTAGE ? 500 : 200);
    const { verdict, reasons } = await run.run(stopping({ phases: { ...phases, fault: 2000 } }));
    expect([verdict, reasons]).toEqual(['passed', []]);
    expectClean(run);
  });

  it('ends the fault phase, takes everything back, shows it gone and watches the recovery', async () => {
    const run = createFakeRun();
    outageFrom(run, 'phase-started', 3000);
    const { verdict, reasons } = await run.run(stopping());
    expect(steps(run).slice(-6)).toEqual(['fault', 'ABORTED', 'rollback', 'prove-gone', 'recovery', 'unlock']);
    expect(verdict).toBe('failed');
    expect(reasons[0]).toMatch(
      /^stopped after 4(\.\d)?s of 30s by "nobody gets a page": good requests < 50%: 4\d(\.\d+)?% \(\d+ of \d+\) in the last 2s$/,
    );
    expect(run.events.find((it) => it.type === 'recovered')).toMatchObject({ recovered: true });
    expectClean(run);
  });

  it('starts the rollback at once: no request is awaited that is still under way', async () => {
    const run = createFakeRun();
    outageFrom(run, 'phase-started');
    run.fake.sampler.takes = (biting, path) => (biting && path !== OUTAGE ? 20_000 : 5);
    const seen: Record<string, number> = {};
    const remember = run.onEvent;
    run.onEvent = (event) => {
      remember?.(event);
      if (event.type === 'aborted') seen['aborted'] = run.clock.now();
      if (event.type === 'step-started' && event.step === 'rollback') seen['rollback'] = run.clock.now();
    };
    await run.run(stopping());
    const [aborted] = run.events.filter((it) => it.type === 'aborted');
    expect(seen['rollback']! - aborted!.stopped.at).toBeLessThanOrEqual(200);
    expectClean(run);
  });

  it('also ends a proof, which then says nothing about the fault: inconclusive, and never green', async () => {
    const run = createFakeRun();
    run.fake.toothless.add('broken');
    run.fake.sampler.answer = (_, path) => (path === OUTAGE && run.fake.active.has('broken') ? 503 : 200);
    const expected = { verdict: 'failed', because: 'it is known' } as const;
    const { verdict, reasons } = await run.run(stopping({ expected }));
    expect(verdict).toBe('inconclusive');
    expect(reasons[0]).toMatch(/^stopped after .*, before the faults were shown to bite, by "nobody gets a page"/);
    expect(reasons.join()).toContain('fault "broken" was not shown to bite');
    expect(steps(run).slice(-6)).toEqual(['prove', 'ABORTED', 'rollback', 'prove-gone', 'recovery', 'unlock']);
    expectClean(run);
  });

  it('looks at a probe between the injection and the fault phase, too', async () => {
    const run = createFakeRun();
    run.fake.toothless.add('broken');
    run.fake.sampler.answer = () => (run.fake.active.has('broken') ? 503 : 200);
    const watched = { kind: 'probe', probe: 'page' } as const;
    await run.run(stopping({ abortWhen: [aCanary({ watched })] }));
    expect(run.events.filter((it) => it.type === 'aborted')).toMatchObject([{ stopped: { stage: 'proof' } }]);
    expectClean(run);
  });

  it('looks at the requests of a probe that the phase sends', async () => {
    const run = createFakeRun();
    const watched = { kind: 'probe', probe: 'page' } as const;
    const when = { statuses: { '5xx': limit('>', 0.2, '> 20%') } };
    run.fake.sampler.answer = (biting) => (biting && steps(run).includes('fault') ? 500 : 200);
    const { verdict, reasons } = await run.run(stopping({ abortWhen: [aCanary({ watched, when })] }));
    expect(verdict).toBe('failed');
    expect(reasons[0]).toContain('status 5xx > 20%: ');
    const duringFault = run.events.filter((it) => it.type === 'canary-samples').length;
    expect(duringFault).toBeLessThan(20);
  });

  it('sees requests that hang before any of them has ended', async () => {
    const run = createFakeRun();
    run.fake.sampler.takes = (biting, path) => (biting && path === OUTAGE ? 60_000 : 5);
    const when = { latency: { p50: limit('>', 2000, '> 2s') } };
    const { reasons } = await run.run(stopping({ abortWhen: [aCanary({ when })] }));
    expect(reasons[0]).toMatch(/p50 latency > 2s: 2\.\d+s over \d+ requests, \d+ of which had no answer/);
    expect(run.clock.now()).toBeLessThan(10_000);
  });

  it('that is true without a fault keeps it out', async () => {
    const run = createFakeRun();
    run.fake.sampler.answer = (_, path) => (path === OUTAGE ? 503 : 200);
    const { verdict, reasons } = await run.run(stopping());
    expect(verdict).toBe('inconclusive');
    expect(reasons[0]).toMatch(/^stopped \d+ms into the baseline, with nothing injected, by "nobody gets a page"/);
    expect(reasons[1]).toBe('the baseline was not steady: "nobody gets a page" was true without a fault');
    expect(run.fake.writes.join()).not.toContain('inject');
    expect(steps(run)).not.toContain('recovery');
    expectClean(run);
  });

  it('does not let the good requests of the baseline speak for those under the fault', async () => {
    const run = createFakeRun();
    outageFrom(run, 'fault-injected');
    const long = { ...phases, baseline: 5000 };
    await run.run(stopping({ phases: long, abortWhen: [aCanary({ window: 20_000 })] }));
    const [aborted] = run.events.filter((it) => it.type === 'aborted');
    expect(aborted?.stopped.at).toBeLessThan(5000 + 2000);
  });

  it('can be a weakness that is known, unless the system does not recover either', async () => {
    const expected = { verdict: 'failed', because: 'there is no fallback' } as const;
    const run = createFakeRun();
    outageFrom(run, 'phase-started', 1000);
    expect((await run.run(stopping({ expected }))).verdict).toBe('known-weakness');
    const stuck = createFakeRun();
    outageFrom(stuck, 'phase-started', 1000);
    const { answer } = stuck.fake.sampler;
    stuck.fake.sampler.answer = (biting, path) =>
      stuck.events.some((it) => it.type === 'aborted') ? 503 : (answer?.(biting, path) ?? 200);
    expect((await stuck.run(stopping({ expected }))).verdict).toBe('failed');
  });

  it('takes back every fault that is in, and injects none of those that were to come', async () => {
    const run = createFakeRun();
    outageFrom(run, 'phase-started', 1000);
    const faults = [aFault({ name: 'first' }), aKill(), aFault({ name: 'later', startAfter: 20_000 })];
    const { verdict, reasons } = await run.run(stopping({ faults }));
    expect(verdict).toBe('failed');
    expect(reasons.join()).not.toContain('later');
    expect(run.fake.writes.filter((it) => /inject|roll back/.test(it))).toEqual([
      'inject first',
      'inject kill',
      'roll back kill',
      'roll back first',
    ]);
    expectClean(run);
  });

  it('does not wait for a fault that is being shown to be gone before the others go out', async () => {
    const run = createFakeRun();
    outageFrom(run, 'phase-started', 2000);
    run.fake.lingering = 8000;
    const faults = [aFault({ name: 'short', duration: 1000 }), aFault({ name: 'long' })];
    const { verdict } = await run.run(stopping({ faults }));
    const at = run.events.findIndex((it) => it.type === 'aborted');
    const order = run.events.slice(at).flatMap((it) => {
      if (it.type === 'fault-undone') return [`${it.fault} gone`];
      return it.type === 'step-started' && it.step === 'rollback' ? ['rollback'] : [];
    });
    expect([verdict, order[0], order.slice(1).toSorted()]).toEqual(['failed', 'rollback', ['long gone', 'short gone']]);
    expectClean(run);
  });

  it('is told after a rollback that failed, which is more urgent', async () => {
    const run = createFakeRun();
    outageFrom(run, 'phase-started', 1000);
    run.fake.failing.set('roll back broken', () => {
      throw new HoldfastError('API_UNREACHABLE', { message: 'The API server does not answer.' });
    });
    const { verdict, reasons } = await run.run(stopping());
    expect(verdict).toBe('rollback-failed');
    expect(reasons[0]).toContain('The API server does not answer.');
    expect(reasons.at(-1)).toContain('stopped after');
  });

  it.each(['rollback', 'prove-gone', 'recovery'])(
    'and an interrupt in the %s after it leave nothing behind',
    async (step) => {
      const run = createFakeRun();
      outageFrom(run, 'phase-started', 1000);
      const remember = run.onEvent;
      run.onEvent = (event) => {
        remember?.(event);
        if (event.type === 'step-started' && event.step === step) run.interrupt('SIGINT');
      };
      const { verdict, reasons } = await run.run(stopping());
      expect(verdict).toBe('interrupted');
      expect(reasons).toEqual(['stopped by SIGINT', expect.stringContaining('by "nobody gets a page"')]);
      expectClean(run);
    },
  );

  it('comes true once, whatever else does', async () => {
    const run = createFakeRun();
    outageFrom(run, 'phase-started', 1000);
    await run.run(stopping({ abortWhen: [aCanary({ name: 'one' }), aCanary({ name: 'other' })] }));
    expect(run.events.filter((it) => it.type === 'aborted')).toHaveLength(1);
  });
});
