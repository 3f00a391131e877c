import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLabelSelector } from '../../../src/sandbox/api-server/selectors/labels.ts';

describe('label selectors', () => {
  it.each([
    ['app=web', { app: 'web' }, { app: 'api' }],
    ['app==web', { app: 'web' }, {}],
    ['app!=web', {}, { app: 'web' }],
    ['app in (web, api)', { app: 'api' }, { app: 'db' }],
    ['app notin (web,api),tier', { tier: 'x' }, { app: 'web', tier: 'x' }],
    ['tier', { tier: '' }, {}],
    ['!tier', {}, { tier: '' }],
    [
      'app.kubernetes.io/managed-by=holdfast,tier',
      { 'app.kubernetes.io/managed-by': 'holdfast', tier: 'a' },
      { tier: 'a' },
    ],
    ['empty=', { empty: '' }, { empty: 'x' }],
  ] as [string, Record<string, string>, Record<string, string>][])('%s', (selector, selected, left) => {
    const test = parseLabelSelector(selector);
    expect([test(selected), test(left)]).toEqual([true, false]);
  });

  it('selects everything when empty', () => {
    expect(parseLabelSelector('')({ any: 'thing' })).toBe(true);
  });

  it.each(['app=web=api', 'in (a)', 'app in a', 'a b'])('refuses %s with 400', (selector) => {
    expect(() => parseLabelSelector(selector)).toThrow(expect.objectContaining({ code: 400 }));
  });

  it('a requirement and its opposite never both hold', () => {
    const labels = fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom('', 'x', 'y'));
    const opposites = fc.constantFrom(['a=x', 'a!=x'], ['a in (x,y)', 'a notin (x,y)'], ['a', '!a']);
    fc.assert(
      fc.property(labels, opposites, (set, pair) => {
        const [one, other] = pair.map((selector) => parseLabelSelector(selector)(set));
        expect(one).toBe(!other);
      }),
    );
  });
});
