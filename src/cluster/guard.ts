import { HoldfastError } from '../model/errors.ts';

/** Where chaos is refused. Patterns may hold `*`, as in `prod-*`. */
export interface GuardRules {
  /** From config `protectedContexts`; none by default. */
  readonly protectedContexts?: readonly string[];
  /** From config `protectedNamespaces`; replaces the default. */
  readonly protectedNamespaces?: readonly string[];
}

/** Namespaces in which a fault can take the cluster or the mesh with it. */
const DEFAULT_NAMESPACES: readonly string[] = ['kube-system', 'kube-public', 'kube-node-lease', 'istio-system'];

/** Throws `CONTEXT_PROTECTED` for a context that the rules protect. */
export function guardContext(context: string, rules: GuardRules): void {
  const rule = (rules.protectedContexts ?? []).find((pattern) => matches(pattern, context));
  if (rule === undefined) return;
  throw new HoldfastError('CONTEXT_PROTECTED', {
    message: `Context ${context} is protected by the rule ${JSON.stringify(rule)} of \`protectedContexts\`.`,
    where: `context ${context}`,
    hint: 'Name another context; if this one is meant, take the rule out of holdfast.config.yaml.',
  });
}

/** Throws `NAMESPACE_PROTECTED` for the first namespace that the rules protect. */
export function guardNamespaces(namespaces: Iterable<string>, rules: GuardRules): void {
  const configured = rules.protectedNamespaces !== undefined;
  for (const namespace of namespaces) {
    const rule = (rules.protectedNamespaces ?? DEFAULT_NAMESPACES).find((pattern) => matches(pattern, namespace));
    if (rule === undefined) continue;
    const source = configured ? 'of `protectedNamespaces`' : 'that holds unless `protectedNamespaces` says otherwise';
    throw new HoldfastError('NAMESPACE_PROTECTED', {
      message: `Namespace ${namespace} is protected by the rule ${JSON.stringify(rule)} ${source}.`,
      where: `namespace ${namespace}`,
      hint: `Aim at another namespace; if this one is meant, set \`protectedNamespaces\` without ${rule} in holdfast.config.yaml.`,
    });
  }
}

function matches(pattern: string, name: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.*')}$`).test(name);
}
