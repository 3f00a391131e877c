import { type Policy, type Rule, SYSTEM_NAMESPACES } from '../model/policy.ts';
import { matchesPattern } from '../util/pattern.ts';
import { type Refusal, refusal } from './refusal.ts';

const BUILT_IN: readonly Rule<string>[] = SYSTEM_NAMESPACES.map((value) => ({ value, where: 'built in' }));

/** Whether these namespaces may be written to or hit. */
export function checkNamespaces(policy: Policy, namespaces: Iterable<string>): readonly Refusal[] {
  return [...new Set(namespaces)].flatMap((namespace) => [
    ...checkProtected(policy.protectedNamespaces ?? BUILT_IN, namespace),
    ...checkAllowed(policy.allowedNamespaces, namespace),
  ]);
}

function checkProtected(rules: readonly Rule<string>[], namespace: string): readonly Refusal[] {
  const rule = rules.find(({ value }) => matchesPattern(value, namespace));
  if (rule === undefined) return [];
  const why = `namespace ${namespace} is protected by "${rule.value}"`;
  const change =
    rules === BUILT_IN
      ? `Aim at another namespace; if this one is meant, set \`protectedNamespaces\` without it.`
      : `Aim at another namespace; if this one is meant, take it out of the rule.`;
  return [refusal('protectedNamespaces', rule.where, { why, change }, 'NAMESPACE_PROTECTED')];
}

function checkAllowed(rule: Policy['allowedNamespaces'], namespace: string): readonly Refusal[] {
  if (rule === undefined || rule.value.some((pattern) => matchesPattern(pattern, namespace))) return [];
  const why = `namespace ${namespace} is none of ${rule.value.join(', ') || 'those allowed, which are none'}`;
  const change = 'Aim at another namespace; if this one is meant, add it to the rule.';
  return [refusal('allowedNamespaces', rule.where, { why, change })];
}
