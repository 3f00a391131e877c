import { describe, expect, it } from 'vitest';
import type { ChaosBladeFaultSpec, PodKillFaultSpec } from '../../src/model/fault.ts';
import { checkExperiment } from '../../src/policy/check-experiment.ts';
import { percentageOf } from '../../src/policy/percentage-of.ts';
import { rule } from '../helpers/a-policy.ts';
import { aFault, anExperiment } from '../helpers/an-experiment.ts';

const loss: ChaosBladeFaultSpec = {
  driver: 'chaosblade',
  scope: 'pod',
  target: 'network',
  action: 'loss',
  select: { namespace: 'shop' },
  flags: { percent: '30', interface: 'eth0' },
  allowWholeNode: false,
};
const kill: PodKillFaultSpec = {
  driver: 'pod-kill',
  namespace: 'payments',
  select: { kind: 'labels', labels: { app: 'x' } },
  take: { kind: 'all' },
  allowBare: false,
  allowAllReplicas: false,
};

describe('what a file alone shows to be refused', () => {
  it('is told all at once, each with the rule, the line and a way out', () => {
    const policy = {
      maxPercentage: rule(50),
      maxDuration: rule(500),
      allowedNamespaces: rule(['shop']),
      requiredLabels: { experiment: rule({ team: '*', ticket: 'OPS-*' }) },
    };
    const experiment = anExperiment({ labels: { team: 'a', ticket: 'none' }, faults: [aFault({ duration: 800 })] });
    expect(checkExperiment(policy, experiment).map(({ message, line }) => [message, line])).toEqual([
      ['`allowedNamespaces` refuses it: namespace default is none of shop.', undefined],
      ['`requiredLabels.experiment` refuses it: experiment ratings-abort lacks the label ticket=OPS-*.', undefined],
      ['`maxPercentage` refuses it: fault "broken" concerns 100%, and 50% is allowed.', 20],
      ['`maxDuration` refuses it: fault "broken" lasts 800ms, and 500ms is allowed.', 20],
    ]);
  });

  it('is nothing at the limits themselves, nor without a policy', () => {
    const experiment = anExperiment({ faults: [aFault({ duration: 800 })] });
    expect(checkExperiment({ maxPercentage: rule(100), maxDuration: rule(800) }, experiment)).toEqual([]);
    expect(checkExperiment({}, experiment)).toEqual([]);
  });

  it('counts a fault without a duration to the end of its phase', () => {
    const { phases } = anExperiment();
    const experiment = anExperiment({ faults: [aFault({ startAfter: 100 })] });
    expect(checkExperiment({ maxDuration: rule(phases.fault - 100) }, experiment)).toEqual([]);
    expect(checkExperiment({ maxDuration: rule(phases.fault - 101) }, experiment)).toHaveLength(1);
  });

  it('looks at the namespaces that faults name', () => {
    const faults = [loss, kill].map((spec) => ({ ...aFault(), spec }));
    const refusals = checkExperiment({ protectedNamespaces: [rule('shop'), rule('pay*')] }, anExperiment({ faults }));
    expect(refusals.map(({ message }) => message)).toEqual([
      expect.stringContaining('namespace shop'),
      expect.stringContaining('namespace payments'),
    ]);
  });
});

describe('the percentage of a fault', () => {
  it.each([
    ['an abort', aFault().spec, 100],
    [
      'the larger of delay and abort',
      { ...aFault().spec, delay: { fixedDelay: 1, percentage: 70 }, abort: { percentage: 5 } },
      70,
    ],
    ['packet loss', loss, 30],
    ['packets held up, which are all', { ...loss, action: 'delay', flags: { time: '100', interface: 'eth0' } }, 100],
    ['a busy processor', { ...loss, target: 'cpu', action: 'fullload', flags: { 'cpu-percent': '60' } }, 60],
    ['a kill, of which only the share of pods says something', kill, undefined],
    ['pods deleted by ChaosBlade', { ...loss, target: 'pod', action: 'delete', flags: {} }, undefined],
  ] as const)('of %s', (_, spec, percentage) => {
    expect(percentageOf(spec)).toBe(percentage);
  });
});
