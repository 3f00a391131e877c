import type { Policy, Rule } from '../model/policy.ts';
import type { Path } from '../model/place.ts';
import { lineAt } from './locate.ts';
import type { YamlDocument } from './parse-yaml.ts';
import type { ConfigDocument } from './schema/config.ts';

/** The policy of a config file, each rule with its line; undefined where there is none. */
export function toPolicy(data: ConfigDocument, document: YamlDocument): Policy | undefined {
  const { policy = {}, protectedContexts: contexts, protectedNamespaces: namespaces } = data;
  if (data.policy === undefined && contexts === undefined && namespaces === undefined) return undefined;
  const { maxPodShare, requiredLabels } = policy;
  const rule = <T>(value: T | undefined, ...path: Path): Rule<T> | undefined =>
    value === undefined ? undefined : { value, where: `${document.file}:${lineAt(document, path)}` };
  const each = <T>(values: readonly T[] | undefined, ...path: Path): readonly Rule<T>[] | undefined =>
    values?.flatMap((value, index) => rule(value, ...path, index) ?? []);
  return {
    allowedContexts: rule(policy.allowedContexts, 'policy', 'allowedContexts'),
    allowedNamespaces: rule(policy.allowedNamespaces, 'policy', 'allowedNamespaces'),
    // The two at the top are older than `policy`; what either says holds.
    protectedContexts: together(
      each(contexts, 'protectedContexts'),
      each(policy.protectedContexts, 'policy', 'protectedContexts'),
    ),
    protectedNamespaces: together(
      each(namespaces, 'protectedNamespaces'),
      each(policy.protectedNamespaces, 'policy', 'protectedNamespaces'),
    ),
    maxPodShare: maxPodShare && {
      owner: rule(maxPodShare.owner, 'policy', 'maxPodShare', 'owner'),
      namespace: rule(maxPodShare.namespace, 'policy', 'maxPodShare', 'namespace'),
      nodes: rule(maxPodShare.nodes, 'policy', 'maxPodShare', 'nodes'),
    },
    maxPercentage: rule(policy.maxPercentage, 'policy', 'maxPercentage'),
    maxDuration: rule(policy.maxDuration, 'policy', 'maxDuration'),
    freeze: each(policy.freeze, 'policy', 'freeze'),
    requiredLabels: requiredLabels && {
      experiment: rule(requiredLabels.experiment, 'policy', 'requiredLabels', 'experiment'),
      namespace: rule(requiredLabels.namespace, 'policy', 'requiredLabels', 'namespace'),
      workload: rule(requiredLabels.workload, 'policy', 'requiredLabels', 'workload'),
    },
  };
}

function together<T>(a: readonly T[] | undefined, b: readonly T[] | undefined): readonly T[] | undefined {
  return a === undefined && b === undefined ? undefined : [...(a ?? []), ...(b ?? [])];
}
