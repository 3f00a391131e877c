import { describe, expect, it } from 'vitest';
import { checkContext } from '../../src/policy/check-context.ts';
import { checkNamespaces } from '../../src/policy/check-namespaces.ts';
import { rule } from '../helpers/a-policy.ts';

describe('a protected context', () => {
  const policy = { protectedContexts: [rule('staging'), rule('prod-*')] };

  it('is refused by name or pattern, with the rule and the flag that lets it pass', () => {
    expect(checkContext(policy, 'prod-eu.1')).toMatchObject([
      {
        code: 'CONTEXT_PROTECTED',
        message: '`protectedContexts` refuses it: context prod-eu.1 is protected by "prod-*".',
        where: 'holdfast.config.yaml:1',
        hint: expect.stringContaining('--yes-context prod-eu.1') as string,
      },
    ]);
  });

  it('passes only by its very name', () => {
    expect(checkContext(policy, 'prod-eu', 'prod-eu')).toEqual([]);
    expect(checkContext(policy, 'prod-eu', 'prod-*')).toHaveLength(1);
    expect(checkContext(policy, 'prod-eu', 'prod')).toHaveLength(1);
  });

  it('is no other than it says', () => {
    expect(checkContext({ protectedContexts: [rule('prod-*'), rule('prod.')] }, 'preprod-eu')).toEqual([]);
    expect(checkContext({ protectedContexts: [rule('prod.')] }, 'prod1')).toEqual([]);
    expect(checkContext({}, 'prod-eu')).toEqual([]);
  });
});

describe('a context that is not allowed', () => {
  it('is refused, and no flag lets it pass', () => {
    const policy = { allowedContexts: rule(['staging', 'dev-*']) };
    expect(checkContext(policy, 'dev-1')).toEqual([]);
    expect(checkContext(policy, 'prod', 'prod')).toMatchObject([
      { message: '`allowedContexts` refuses it: context prod is none of staging, dev-*.' },
    ]);
  });
});

describe('a namespace', () => {
  it.each(['kube-system', 'istio-system'])('%s is protected by default, and how to change that is said', (name) => {
    expect(checkNamespaces({}, ['default', name])).toMatchObject([
      {
        code: 'NAMESPACE_PROTECTED',
        where: 'built in',
        message: `\`protectedNamespaces\` refuses it: namespace ${name} is protected by "${name}".`,
        hint: expect.stringContaining('set `protectedNamespaces` without it') as string,
      },
    ]);
  });

  it('is protected by what the config says instead', () => {
    expect(checkNamespaces({ protectedNamespaces: [] }, ['kube-system'])).toEqual([]);
    expect(checkNamespaces({ protectedNamespaces: [rule('pay*')] }, ['payments', 'kube-system'])).toMatchObject([
      { message: expect.stringContaining('namespace payments') as string },
    ]);
  });

  it('must be one of those allowed, where there are such', () => {
    expect(checkNamespaces({ allowedNamespaces: rule(['team-*']) }, ['team-a', 'default'])).toMatchObject([
      { code: 'POLICY_REFUSED', message: expect.stringContaining('namespace default is none of team-*') as string },
    ]);
    expect(checkNamespaces({ allowedNamespaces: rule([]) }, ['default'])).toHaveLength(1);
  });
});
