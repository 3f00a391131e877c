import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { durationMs } from '../../../src/sandbox/mesh/config/duration.ts';
import { intersection, hostMatches } from '../../../src/sandbox/mesh/config/hosts.ts';
import { mergeBlocks } from '../../../src/sandbox/mesh/config/merge-match.ts';
import type { HttpRouteSpec, MatchBlock, StringMatch } from '../../../src/sandbox/mesh/config/objects.ts';
import { matchesEverything, requestMatcher } from '../../../src/sandbox/mesh/config/request-match.ts';
import type { RequestHead } from '../../../src/sandbox/mesh/config/route-table.ts';
import { compileRoutes } from '../../../src/sandbox/mesh/config/routes.ts';
import { ALWAYS, shareOf } from '../../../src/sandbox/mesh/config/share.ts';
import { findRoute } from '../../../src/sandbox/mesh/config/find-route.ts';
import { createRandom } from '../../../src/sandbox/mesh/random.ts';

const word = fc.constantFrom('a', 'b', 'ab', 'abc', 'B');
const path = fc.array(word, { maxLength: 3 }).map((words) => `/${words.join('/')}`);
const stringMatch = (value: fc.Arbitrary<string>): fc.Arbitrary<StringMatch> =>
  fc.oneof(
    value.map((exact) => ({ exact })),
    value.map((prefix) => ({ prefix })),
    value.map((text) => ({ regex: `${text}.*` })),
  );
const conditions = fc.dictionary(fc.constantFrom('x', 'y'), fc.oneof(stringMatch(word), fc.constant({})), {
  maxKeys: 2,
});
const block: fc.Arbitrary<MatchBlock> = fc.record(
  {
    uri: stringMatch(path),
    method: stringMatch(fc.constantFrom('GET', 'POST')),
    headers: conditions,
    withoutHeaders: conditions,
    queryParams: conditions,
  },
  { requiredKeys: [] },
);
const head: fc.Arbitrary<RequestHead> = fc
  .record({
    method: fc.constantFrom('GET', 'POST'),
    path,
    query: fc.constantFrom('', 'x=a', 'y=ab&x=b', 'x'),
    headers: fc.dictionary(fc.constantFrom('x', 'y'), word).map((headers) => Object.entries(headers)),
  })
  .map((request) => ({ ...request, scheme: 'http', authority: 'reviews:9080' }));

describe('a percentage', () => {
  it('becomes parts of a million, cut off and never more than all', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 100, noNaN: true }), (percent) => {
        const share = shareOf(percent);
        expect(Number.isInteger(share)).toBe(true);
        expect(share).toBeLessThanOrEqual(ALWAYS);
        expect(share / 10_000).toBeLessThanOrEqual(percent);
        expect(percent - share / 10_000).toBeLessThan(0.0001 + 1e-9);
      }),
    );
    expect([shareOf(undefined), shareOf(0.00009), shareOf(0.0001), shareOf(50), shareOf(100)]).toEqual([
      0, 0, 1, 500_000, 1_000_000,
    ]);
  });
});

describe('a match', () => {
  it('holds exactly when each of its parts alone holds', () => {
    fc.assert(
      fc.property(block, head, (given, request) => {
        const parts = Object.entries(given).map(([field, value]): MatchBlock => ({ [field]: value }));
        const each = parts.every((part) => requestMatcher(part)(request));
        expect(requestMatcher(given)(request)).toBe(each);
      }),
    );
  });

  it('that is called a catch-all takes every request', () => {
    const paths: StringMatch[] = [{ prefix: '/' }, { regex: '.*' }, { prefix: '/a' }];
    const headers: Record<string, StringMatch>[] = [{}, { x: {} }];
    const wide: fc.Arbitrary<MatchBlock> = fc.record(
      { uri: fc.constantFrom(...paths), headers: fc.constantFrom(...headers) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(wide, block), head, (given, request) => {
        expect(!matchesEverything(given) || requestMatcher(given)(request)).toBe(true);
      }),
    );
    expect([{}, { uri: { prefix: '/' } }, { uri: { regex: '.*' } }, { headers: {} }].every(matchesEverything)).toBe(
      true,
    );
  });

  it('of a delegate holds only where root and delegate both hold', () => {
    fc.assert(
      fc.property(block, block, head, (root, leaf, request) => {
        const merged = mergeBlocks(root, leaf);
        fc.pre(merged !== undefined);
        const both = requestMatcher(root)(request) && requestMatcher(leaf)(request);
        expect(requestMatcher(merged)(request)).toBe(both);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['a header that is missing is no match', { headers: { end: { exact: '' } } }, [], false],
    ['{} asks for presence', { headers: { end: {} } }, [['end', '']], true],
    ['header names have no case', { headers: { End: { exact: 'v' } } }, [['end', 'v']], true],
    [
      'several values are joined with a comma',
      { headers: { end: { exact: 'a,b' } } },
      [
        ['end', 'a'],
        ['end', 'b'],
      ],
      true,
    ],
    ['a regex covers the whole value', { headers: { end: { regex: 'a' } } }, [['end', 'ab']], false],
    ['without: a missing header counts as empty', { withoutHeaders: { end: { exact: 'a' } } }, [], true],
    ['without {}: the header must be absent', { withoutHeaders: { end: {} } }, [['end', 'a']], false],
    ['without: the named value is refused', { withoutHeaders: { end: { exact: 'a' } } }, [['end', 'a']], false],
    ['ignoreUriCase acts on exact', { uri: { exact: '/PAGE' }, ignoreUriCase: true }, [], true],
    ['prefix is a plain string prefix', { uri: { prefix: '/pa' } }, [], true],
    ['the first occurrence of a parameter counts', { queryParams: { q: { exact: '1' } } }, [], true],
  ] as const)('%s', (_what, given, headers, expected) => {
    const request = { method: 'GET', path: '/page', query: 'q=1&q=2', scheme: 'http', authority: 'a', headers };
    expect(requestMatcher(given as MatchBlock)(request)).toBe(expected);
  });
});

describe('a route table', () => {
  const context = {
    proxy: { namespace: 'default', labels: { app: 'a' }, istioMinor: 24 },
    listenerPort: 9080,
    gateways: new Set(['mesh']),
    servicePorts: () => [9080],
  };
  const rules = fc.array(fc.array(block, { maxLength: 2 }), { maxLength: 5 });
  const named = (blocks: readonly (readonly MatchBlock[])[]): { spec: HttpRouteSpec; namespace: string }[] =>
    blocks.map((match, index) => ({
      spec: { name: String(index), match, route: [{ destination: { host: 'reviews' } }] },
      namespace: 'default',
    }));

  it('answers with the first rule that has no match or a matching block', () => {
    fc.assert(
      fc.property(rules, head, (blocks, request) => {
        const expected = blocks.findIndex(
          (match) => match.length === 0 || match.some((given) => requestMatcher(given)(request)),
        );
        const routes = compileRoutes(named(blocks), context);
        const found = findRoute({ domains: ['*'], routes }, request)?.name;
        expect(found).toBe(expected === -1 ? undefined : String(expected));
      }),
    );
  });

  it('ends with its first catch-all', () => {
    fc.assert(
      fc.property(rules, (blocks) => {
        const routes = compileRoutes(named(blocks), context);
        expect(routes.slice(0, -1).some((route) => route.catchAll)).toBe(false);
      }),
    );
  });
});

describe('hosts', () => {
  const domain = fc.constantFrom('*', '*.a.b', '*.b', 'x.a.b', 'y.b', 'a.b');

  it('intersect in exactly the names both cover', () => {
    fc.assert(
      fc.property(domain, domain, fc.constantFrom('x.a.b', 'y.b', 'a.b', 'z.a.b', 'q.c'), (one, other, name) => {
        const common = intersection(one, other);
        const both = hostMatches(one, name) && hostMatches(other, name);
        expect(common !== undefined && hostMatches(common, name)).toBe(both);
      }),
    );
  });
});

describe('a duration', () => {
  it('is the sum of its parts', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.nat(59), fc.nat(999), (minutes, seconds, ms) => {
        expect(durationMs(`${minutes}m${seconds}s${ms}ms`)).toBe(minutes * 60_000 + seconds * 1000 + ms);
      }),
    );
    expect(durationMs('1.5s')).toBe(1500);
    expect([durationMs('7'), durationMs(''), durationMs(7), durationMs('s')]).toEqual(Array(4).fill(undefined));
  });
});

describe('random streams', () => {
  it('are the same for the same seed and name, and even', () => {
    fc.assert(
      fc.property(fc.nat(), fc.string(), (seed, name) => {
        const draw = () => {
          const random = createRandom(seed, name);
          return Array.from({ length: 200 }, () => random.next());
        };
        const values = draw();
        expect(draw()).toEqual(values);
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        // Six standard deviations of the mean of 200 uniform draws.
        expect(Math.abs(mean - 0.5)).toBeLessThan(6 * Math.sqrt(1 / 12 / 200));
      }),
    );
  });
});
