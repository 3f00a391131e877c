import type { Rule } from '../model/policy.ts';
import { matchesPattern } from '../util/pattern.ts';

type Labels = Readonly<Record<string, string>>;

/** The labels of a rule, `key=pattern`, that are not among these. */
export function missingLabels(rule: Rule<Labels> | undefined, labels: Labels): readonly string[] {
  return Object.entries(rule?.value ?? {})
    .filter(([key, pattern]) => !Object.hasOwn(labels, key) || !matchesPattern(pattern, labels[key] ?? ''))
    .map(([key, pattern]) => `${key}=${pattern}`);
}
