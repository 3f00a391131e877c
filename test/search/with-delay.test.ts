import { describe, expect, it } from 'vitest';
import type { Fault } from '../../src/model/fault.ts';
import { delayOf, withDelay } from '../../src/search/with-delay.ts';
import { aFault, anExperiment, aProbe } from '../helpers/an-experiment.ts';

const { spec } = aFault();
const { abort: _, ...without } = spec;
const proof = {
  http: aProbe().http,
  expect: {
    status: [{ kind: 'exact', status: 200 }],
    latency: { min: { kind: 'compare', op: '>=', value: 2900, text: '>= 2.9s' } },
  },
} as const;
const late = aFault({
  name: 'late',
  proof,
  duration: 1000,
  spec: { ...without, delay: { fixedDelay: 7000, percentage: 100 } },
});
const packets: Fault = {
  name: 'late',
  startAfter: 0,
  proof,
  line: 1,
  spec: {
    driver: 'chaosblade',
    scope: 'pod',
    target: 'network',
    action: 'delay',
    select: { names: ['a'] },
    flags: { time: '7000', interface: 'eth0' },
    allowWholeNode: false,
  },
};
const experiment = anExperiment({
  faults: [late],
  expected: { verdict: 'failed', because: 'it is known' },
  phases: { baseline: 5000, fault: 8000, recovery: { within: 5000, stable: 4000 } },
});
const trial = { fault: 'late', delay: 2900, earlier: 0, samples: 5 };

describe('an experiment under another delay', () => {
  it('has the delay, a name that says so, and nothing that it is expected to do', () => {
    const { name, faults, expected } = withDelay(experiment, trial);
    expect([name, expected, faults[0] && delayOf(faults[0].spec)]).toEqual([
      'ratings-abort (delay 2.9s)',
      undefined,
      2900,
    ]);
    expect(withDelay(experiment, { ...trial, earlier: 1 }).name).toBe('ratings-abort (delay 2.9s, run 2)');
  });

  it('has phases as short as the requests allow, and its own where a run is repeated', () => {
    expect(withDelay(experiment, trial).phases).toEqual({
      baseline: 1000,
      fault: 2500,
      recovery: { within: 5000, stable: 1000 },
    });
    expect(withDelay(experiment, { ...trial, earlier: 1 }).phases).toMatchObject({ baseline: 5000, fault: 8000 });
    const other = aFault({ name: 'other', startAfter: 6000 });
    expect(withDelay({ ...experiment, faults: [late, other] }, trial).phases.fault).toBe(8000);
  });

  it('is proven by what the proxies count, and for packets by a proof for the new delay', () => {
    expect(withDelay(experiment, trial).faults[0]).not.toHaveProperty('proof');
    const same = withDelay({ ...experiment, faults: [late, aFault({ name: 'other' })] }, trial);
    expect(same.faults[0]?.proof?.expect.latency?.min).toMatchObject({ value: expect.closeTo(1201, 0) as number });
    const limitUnder = (delay: number) => {
      const [fault] = withDelay({ ...experiment, faults: [packets] }, { ...trial, delay }).faults;
      const limit = fault?.proof?.expect.latency?.min;
      return [fault && delayOf(fault.spec), limit?.kind === 'compare' && limit.value];
    };
    const [late7] = withDelay({ ...experiment, faults: [packets] }, { ...trial, delay: 7000 }).faults;
    expect(late7?.proof?.expect).not.toHaveProperty('status');
    expect(limitUnder(7000)).toEqual([7000, 2900]);
    expect(limitUnder(700)).toEqual([700, 290]);
    expect(limitUnder(10_000)).toEqual([10_000, 2900]);
  });

  it('knows which faults delay', () => {
    expect(delayOf(aFault().spec)).toBeUndefined();
    expect(delayOf(packets.spec)).toBe(7000);
    expect(delayOf({ ...packets.spec, action: 'loss' } as Fault['spec'])).toBeUndefined();
  });
});
