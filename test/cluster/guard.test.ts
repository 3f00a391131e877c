import { describe, expect, it } from 'vitest';
import { guardContext, guardNamespaces } from '../../src/cluster/guard.ts';

describe('the guard', () => {
  it.each(['kube-system', 'istio-system'])('refuses %s by default and says how to change that', (namespace) => {
    expect(() => guardNamespaces(['default', namespace], {})).toThrowError(
      expect.objectContaining({
        code: 'NAMESPACE_PROTECTED',
        message: `Namespace ${namespace} is protected by the rule "${namespace}" that holds unless \`protectedNamespaces\` says otherwise.`,
        details: expect.objectContaining({ hint: expect.stringContaining('holdfast.config.yaml') as string }) as object,
      }),
    );
  });

  it('lets other namespaces through, and everything when the config protects nothing', () => {
    guardNamespaces(['default', 'shop'], {});
    guardNamespaces(['kube-system'], { protectedNamespaces: [] });
  });

  it('refuses a protected context by name or pattern, and names the rule', () => {
    expect(() => guardContext('prod-eu.1', { protectedContexts: ['staging', 'prod-*'] })).toThrowError(
      expect.objectContaining({ code: 'CONTEXT_PROTECTED', message: expect.stringContaining('"prod-*"') as string }),
    );
    guardContext('preprod-eu', { protectedContexts: ['prod-*', 'prod.'] });
    guardContext('prod-eu', {});
  });
});
