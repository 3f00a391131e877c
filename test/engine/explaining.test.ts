import { describe, expect, it } from 'vitest';
import type { FaultDriver } from '../../src/faults/driver.ts';
import { HoldfastError } from '../../src/model/errors.ts';
import { finding } from '../../src/model/finding.ts';
import { anExperiment } from '../helpers/an-experiment.ts';
import { createFakeRun, expectClean, type FakeRun } from '../helpers/run-fake.ts';

/** A run whose fault does not bite, and whose driver is asked why. */
function toothless(explain: NonNullable<FaultDriver['explain']>): FakeRun {
  const run = createFakeRun();
  run.fake.toothless.add('broken');
  Object.assign(run.fake.world.drivers[0] as FaultDriver, { explain });
  return run;
}

const proven = ({ events }: FakeRun) => events.find((it) => it.type === 'fault-proven');

describe('a driver that can say why its fault is not shown to bite', () => {
  it('is asked once, while the fault is in and requests go on', async () => {
    const asked: { readonly isIn: boolean }[] = [];
    let [all, meanwhile] = [0, 0];
    const run = toothless(async (_prepared, _injected, _experiment, { clock, signal }) => {
      asked.push({ isIn: run.fake.active.has('broken') });
      const before = all;
      await clock.sleep(1_000, signal);
      meanwhile = all - before;
      return { reasons: [finding('NO_REQUESTS', 'Nobody asked.')], looked: [] };
    });
    run.fake.sampler.answer = () => {
      all += 1;
      return 200;
    };
    const { verdict, reasons } = await run.run(anExperiment());
    expect(asked).toEqual([{ isIn: true }]);
    expect(meanwhile).toBeGreaterThan(3);
    expect(verdict).toBe('inconclusive');
    expect(reasons[1]).toBe('most likely: Nobody asked. (docs/findings.md#NO_REQUESTS)');
    expect(proven(run)).toMatchObject({ proven: false, explanation: { reasons: [{ code: 'NO_REQUESTS' }] } });
    expectClean(run);
  });

  it('is not asked about a fault that bites', async () => {
    const run = toothless(() => expect.fail('asked'));
    run.fake.toothless.clear();
    expect((await run.run(anExperiment())).verdict).toBe('passed');
  });

  it.each<[string, NonNullable<FaultDriver['explain']>, string]>([
    [
      'cannot look',
      async () => Promise.reject(new HoldfastError('API_UNREACHABLE', { message: 'Nobody answers.' })),
      'Nobody answers.',
    ],
    ['does not come to an end', async () => new Promise(() => undefined), 'It was not looked at within 8 s.'],
  ])('that %s changes nothing but a note', async (_what, explain, message) => {
    const run = toothless(explain);
    const { verdict, reasons } = await run.run(anExperiment());
    expect(verdict).toBe('inconclusive');
    expect(reasons).toHaveLength(1);
    expect(proven(run)).not.toHaveProperty('explanation');
    const notes = run.events.flatMap((it) => (it.type === 'note' ? [it.text] : []));
    expect(notes).toContain(`why broken was not shown to bite could not be looked at: ${message}`);
    expectClean(run);
  });

  it('does not keep an interrupt waiting', async () => {
    const run = toothless(async () => {
      run.interrupt('SIGINT');
      return new Promise(() => undefined);
    });
    expect((await run.run(anExperiment())).verdict).toBe('interrupted');
    expectClean(run);
  });
});
