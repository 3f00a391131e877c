import type { Policy } from '../model/policy.ts';
import { matchesPattern } from '../util/pattern.ts';
import { type Refusal, refusal } from './refusal.ts';

/**
 * Whether a context may be experimented on. `yesContext` is the name that was typed to let a protected one pass; a context
 * that is not allowed at all does not pass by it.
 */
export function checkContext(policy: Policy, context: string, yesContext?: string): readonly Refusal[] {
  const { allowedContexts, protectedContexts = [] } = policy;
  const isAllowed = allowedContexts?.value.some((pattern) => matchesPattern(pattern, context)) ?? true;
  const protecting =
    yesContext === context ? undefined : protectedContexts.find((it) => matchesPattern(it.value, context));
  const refusals: Refusal[] = [];
  if (!isAllowed && allowedContexts !== undefined) {
    const why = `context ${context} is none of ${allowedContexts.value.join(', ') || 'those allowed, which are none'}`;
    refusals.push(
      refusal('allowedContexts', allowedContexts.where, {
        why,
        change: 'Name another context; if this one is meant, add it to the rule.',
      }),
    );
  }
  if (protecting !== undefined) {
    const why = `context ${context} is protected by "${protecting.value}"`;
    const change = `Name another context; if this one is meant, say so with --yes-context ${context}.`;
    refusals.push(refusal('protectedContexts', protecting.where, { why, change }, 'CONTEXT_PROTECTED'));
  }
  return refusals;
}
