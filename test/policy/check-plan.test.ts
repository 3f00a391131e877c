import { describe, expect, it } from 'vitest';
import { checkPlan } from '../../src/policy/check-plan.ts';
import { planWith, rule } from '../helpers/a-policy.ts';

const optIn = rule({ 'holdfast.dev/allowed': 'true' });
const service = { name: 'Service default/ratings', labels: { 'holdfast.dev/allowed': 'true' } };

describe('the labels of namespaces', () => {
  const policy = { requiredLabels: { namespace: optIn } };

  it('let those pass that opted in', () => {
    const labels = new Map([['default', { 'holdfast.dev/allowed': 'true' }]]);
    expect(checkPlan(policy, planWith([{ workloads: [] }]), labels)).toEqual([]);
  });

  it('refuse others, with the command by which their owner opts in', () => {
    const labels = new Map([['default', { 'holdfast.dev/allowed': 'no' }]]);
    expect(checkPlan(policy, planWith([{ workloads: [] }]), labels)).toMatchObject([
      {
        message: '`requiredLabels.namespace` refuses it: namespace default lacks the label holdfast.dev/allowed=true.',
        hint: expect.stringContaining('kubectl label namespace default holdfast.dev/allowed=true') as string,
      },
    ]);
  });

  it('refuse those that could not be read', () => {
    expect(checkPlan(policy, planWith([{ workloads: [] }]), new Map([['default', undefined]]))).toMatchObject([
      { message: expect.stringContaining('cannot be read') as string },
    ]);
  });
});

describe('the labels of workloads', () => {
  const policy = { requiredLabels: { workload: optIn } };

  it('are asked of each of them', () => {
    expect(checkPlan(policy, planWith([{ workloads: [service] }]), new Map())).toEqual([]);
    const other = { name: 'Pod default/details-1', labels: {} };
    expect(checkPlan(policy, planWith([{ workloads: [service, other] }]), new Map())).toMatchObject([
      {
        message:
          '`requiredLabels.workload` refuses it: Pod default/details-1 lacks the label holdfast.dev/allowed=true.',
      },
    ]);
  });
});

describe('the namespaces of a plan', () => {
  it('are those that are hit, whatever the file says', () => {
    expect(
      checkPlan({ allowedNamespaces: rule(['default']) }, planWith([{ workloads: [] }], ['shop']), new Map()),
    ).toMatchObject([{ message: expect.stringContaining('namespace shop') as string }]);
  });
});
