import { formatDuration } from '../model/duration.ts';
import type { Experiment } from '../model/experiment.ts';
import type { Fault } from '../model/fault.ts';
import type { Policy } from '../model/policy.ts';
import { checkNamespaces } from './check-namespaces.ts';
import { missingLabels } from './missing-labels.ts';
import { percentageOf } from './percentage-of.ts';
import { type Refusal, refusal } from './refusal.ts';

/** What an experiment breaks of a policy by what its file says, without a cluster. */
export function checkExperiment(policy: Policy, experiment: Experiment): readonly Refusal[] {
  return [
    ...checkNamespaces(policy, namespacesNamed(experiment)),
    ...checkLabels(policy, experiment),
    ...experiment.faults.flatMap((fault) => [
      ...checkPercentage(policy, fault, experiment),
      ...checkDuration(policy, fault, experiment),
    ]),
  ];
}

function namespacesNamed({ namespace, faults }: Experiment): readonly string[] {
  return [namespace, ...faults.flatMap(({ spec }) => namespaceNamed(spec) ?? [])];
}

function namespaceNamed(spec: Fault['spec']): string | undefined {
  if (spec.driver === 'istio') return undefined;
  if (spec.driver === 'pod-kill') return spec.namespace;
  return spec.scope === 'node' ? undefined : spec.select.namespace;
}

function checkLabels({ requiredLabels }: Policy, { name, labels }: Experiment): readonly Refusal[] {
  const rule = requiredLabels?.experiment;
  const missing = missingLabels(rule, labels);
  if (rule === undefined || missing.length === 0) return [];
  const why = `experiment ${name} lacks the label ${missing.join(' and ')}`;
  return [refusal('requiredLabels.experiment', rule.where, { why, change: 'Add it to metadata.labels.' })];
}

function checkPercentage({ maxPercentage: rule }: Policy, fault: Fault, { source }: Experiment): readonly Refusal[] {
  const percentage = percentageOf(fault.spec);
  if (rule === undefined || percentage === undefined || percentage <= rule.value) return [];
  const why = `fault "${fault.name}" concerns ${percentage}%, and ${rule.value}% is allowed`;
  const change = `Lower it in ${source.file}:${fault.line}, or raise the rule.`;
  return [refusal('maxPercentage', rule.where, { why, change, line: fault.line })];
}

function checkDuration({ maxDuration: rule }: Policy, fault: Fault, experiment: Experiment): readonly Refusal[] {
  const { phases, source } = experiment;
  const duration = fault.duration ?? Math.max(0, phases.fault - fault.startAfter);
  if (rule === undefined || duration <= rule.value) return [];
  const why = `fault "${fault.name}" lasts ${formatDuration(duration)}, and ${formatDuration(rule.value)} is allowed`;
  const change = `Give it a shorter \`duration\` (or a shorter fault phase) in ${source.file}:${fault.line}, or raise the rule.`;
  return [refusal('maxDuration', rule.where, { why, change, line: fault.line })];
}
