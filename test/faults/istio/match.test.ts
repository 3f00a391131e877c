import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { intersectRequests } from '../../../src/faults/istio/match.ts';
import { intersectStrings } from '../../../src/faults/istio/string-match.ts';
import type { StringMatch } from '../../../src/model/fault.ts';
import { stringMatcher } from '../../../src/sandbox/mesh/config/string-match.ts';

const jason = { exact: 'jason' };

describe('joining two conditions', () => {
  it.each<[StringMatch, StringMatch, StringMatch | 'never' | 'unclear']>([
    [jason, jason, jason],
    [jason, { exact: 'bob' }, 'never'],
    [jason, { prefix: 'ja' }, jason],
    [{ prefix: 'b' }, jason, 'never'],
    [{ prefix: '/a' }, { prefix: '/a/b' }, { prefix: '/a/b' }],
    [{ prefix: '/a' }, { prefix: '/b' }, 'never'],
    [{ regex: 'j.*n' }, jason, jason],
    [{ regex: 'j' }, jason, 'never'],
    [{ regex: 'j.*' }, { prefix: 'jas' }, { prefix: 'jas' }],
    [{ regex: 'j[a-z]+' }, { prefix: 'jas' }, 'unclear'],
    [{ regex: 'a|b' }, { regex: 'a|b' }, { regex: 'a|b' }],
    [{ regex: 'a|b' }, { regex: 'b|a' }, 'unclear'],
    [{}, { regex: 'a|b' }, { regex: 'a|b' }],
    [{ regex: '*' }, jason, jason],
    [{ regex: String.raw`/a\.b` }, { exact: '/a.b' }, { regex: String.raw`/a\.b` }],
  ])('%j and %j', (a, b, expected) => {
    const result = intersectStrings(a, b);
    const shown = result.kind === 'match' ? result.match : result.kind;
    expect(shown).toEqual(expected);
    expect(intersectStrings(b, a).kind).toBe(result.kind);
  });

  it('accepts exactly the values that both accept', () => {
    const texts = fc.constantFrom('', '/', '/a', '/A', '/ab', '/ab/c', 'a.c', 'abc');
    const matches: fc.Arbitrary<StringMatch> = fc.oneof(
      texts.map((exact) => ({ exact })),
      texts.map((prefix) => ({ prefix })),
      fc.constantFrom('/a.*', '.*', '/[ab]+', 'a.c', '/a', String.raw`a\.c`).map((regex) => ({ regex })),
      fc.constant({}),
    );
    const accepts = (match: StringMatch, value: string, ignoreCase: boolean) =>
      stringMatcher(match, ignoreCase)?.(value) ?? true;
    fc.assert(
      fc.property(matches, matches, texts, fc.boolean(), (a, b, value, ignoreCase) => {
        const joined = intersectStrings(a, b, ignoreCase);
        fc.pre(joined.kind !== 'unclear');
        const both = accepts(a, value, ignoreCase) && accepts(b, value, ignoreCase);
        expect(joined.kind === 'match' && accepts(joined.match, value, ignoreCase)).toBe(both);
      }),
      { numRuns: 2000 },
    );
  });

  it('compares header names without case and keeps the spelling of the route', () => {
    const block = { headers: { 'End-User': { prefix: 'ja' } } };
    expect(intersectRequests(block, { headers: { 'end-user': jason } })).toEqual({
      kind: 'match',
      match: { headers: { 'End-User': jason } },
    });
  });

  it('drops what contradicts itself and refuses what cannot be written down', () => {
    const kind = (...pair: Parameters<typeof intersectRequests>) => intersectRequests(...pair).kind;
    expect(kind({ method: { exact: 'GET' } }, { method: { exact: 'POST' } })).toBe('never');
    expect(kind({ port: 80 }, { port: 81 })).toBe('never');
    expect(kind({ withoutHeaders: { x: {} } }, { headers: { x: { exact: 'a' } } })).toBe('never');
    expect(kind({ withoutHeaders: { x: { exact: 'a' } } }, { withoutHeaders: { x: { exact: 'b' } } })).toBe('unclear');
    expect(kind({ uri: jason, ignoreUriCase: true }, { uri: jason })).toBe('unclear');
    expect(kind({ ignoreUriCase: true }, { uri: jason })).toBe('match');
  });
});
