import type { FaultReach, Plan } from '../model/plan.ts';
import { namespacesOf } from '../model/plan.ts';
import type { Policy } from '../model/policy.ts';
import { plural } from '../util/plural.ts';
import { checkNamespaces } from './check-namespaces.ts';
import { checkPodShares, checkNodeShare } from './check-shares.ts';
import { missingLabels } from './missing-labels.ts';
import { type Refusal, refusal } from './refusal.ts';

type Labels = Readonly<Record<string, string>>;

/** Labels of namespaces as they were read; undefined for one that could not be. */
export type NamespaceLabels = ReadonlyMap<string, Labels | undefined>;

/** What an experiment breaks of a policy by whom it would really hit. */
export function checkPlan(policy: Policy, plan: Plan, labelsOf: NamespaceLabels): readonly Refusal[] {
  const reaches = plan.faults.flatMap(({ reach }) => reach ?? []);
  const namespaces = namespacesOf(plan);
  return [
    ...checkNamespaces(policy, namespaces),
    ...namespaces.flatMap((namespace) => checkNamespaceLabels(policy, namespace, labelsOf.get(namespace))),
    ...checkWorkloads(policy, reaches),
    ...checkPodShares(policy, reaches),
    ...checkNodeShare(policy, reaches),
  ];
}

function checkNamespaceLabels({ requiredLabels }: Policy, namespace: string, labels?: Labels): readonly Refusal[] {
  const rule = requiredLabels?.namespace;
  if (rule === undefined) return [];
  const missing = missingLabels(rule, labels ?? {});
  if (missing.length === 0) return [];
  const why =
    labels === undefined
      ? `the labels of namespace ${namespace} cannot be read, so ${missing.join(' and ')} is not shown to be there`
      : `namespace ${namespace} lacks the label ${missing.join(' and ')}`;
  const change =
    labels === undefined
      ? 'Let this identity get namespaces (deploy/rbac.yaml, part holdfast-policy).'
      : `Whoever owns it opts in with: kubectl label namespace ${namespace} ${missing.join(' ')}`;
  return [refusal('requiredLabels.namespace', rule.where, { why, change })];
}

function checkWorkloads({ requiredLabels }: Policy, reaches: readonly FaultReach[]): readonly Refusal[] {
  const rule = requiredLabels?.workload;
  if (rule === undefined) return [];
  const unlabelled = reaches
    .flatMap(({ workloads }) => workloads)
    .filter(({ labels }) => missingLabels(rule, labels).length > 0)
    .map(({ name }) => name);
  const names = [...new Set(unlabelled)];
  if (names.length === 0) return [];
  const shown = names.slice(0, 3).join(', ');
  const more = names.length > 3 ? ` and ${plural(names.length - 3, 'other')}` : '';
  const why = `${shown}${more} ${names.length === 1 ? 'lacks' : 'lack'} the label ${missingLabels(rule, {}).join(' and ')}`;
  const change =
    'Whoever owns it opts in by the label: on the Service for Istio faults, in the pod template for others.';
  return [refusal('requiredLabels.workload', rule.where, { why, change })];
}
