import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSelector } from '../../src/load/selector.ts';

const labels = { app: 'bookinfo', suite: 'nightly', 'team.io/owner': 'a_b', empty: '' };

describe('a label selector', () => {
  it.each([
    ['app=bookinfo', true],
    ['app==bookinfo', true],
    ['app = bookinfo', true],
    ['app=shop', false],
    ['app!=shop', true],
    ['tier!=db', true],
    ['app in (shop, bookinfo)', true],
    ['app in (shop)', false],
    ['app notin (shop)', true],
    ['tier notin (db)', true],
    ['tier in (db)', false],
    ['app', true],
    ['tier', false],
    ['!tier', true],
    ['! app', false],
    ['empty=', true],
    ['empty', true],
    ['team.io/owner=a_b', true],
    ['app=bookinfo,suite=nightly', true],
    ['app=bookinfo,suite!=nightly', false],
    ['app in (x,bookinfo),!tier', true],
    ['toString', false],
  ])('%s: %s', (text, chosen) => {
    const selector = parseSelector(text);
    expect(selector.ok && selector.value(labels)).toBe(chosen);
  });

  it.each(['', 'app=', 'a=b,', 'app in bookinfo', 'app in (a', '=b', 'a>1', 'a=b c', '-a=b', 'a/b/c=d'])(
    '%j is refused or reads as kubectl would',
    (text) => {
      expect(parseSelector(text).ok).toBe(text === 'app=');
    },
  );

  it('chooses exactly what its opposite leaves', () => {
    const word = fc.constantFrom('a', 'b', 'c');
    fc.assert(
      fc.property(fc.dictionary(word, word), word, fc.array(word, { minLength: 1 }), (all, key, values) => {
        const choose = (text: string): unknown => {
          const selector = parseSelector(text);
          return selector.ok && selector.value(all);
        };
        expect(choose(`${key} in (${values.join(',')})`)).toBe(!choose(`${key} notin (${values.join(', ')})`));
        expect(choose(key)).toBe(!choose(`!${key}`));
        expect(choose(`${key}=${values[0]}`)).toBe(!choose(`${key}!=${values[0]}`));
        expect(choose(`${key} in (${values[0]})`)).toBe(choose(`${key}=${values[0]}`));
      }),
    );
  });
});
