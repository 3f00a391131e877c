import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PodReach } from '../../src/model/plan.ts';
import { checkNodeShare, checkPodShares, sharesOf } from '../../src/policy/check-shares.ts';
import { pods, rule } from '../helpers/a-policy.ts';

describe('the largest share of pods', () => {
  const twoOfThree = { pods: pods(['a/1', 'a/2', 'a/3'], 2, { a: 3 }), workloads: [] };

  it('refuses more of an owner than is allowed, with both figures', () => {
    const [refusal] = checkPodShares({ maxPodShare: { owner: rule(50) } }, [twoOfThree]);
    expect(refusal?.message).toBe(
      '`maxPodShare.owner` refuses it: it may hit 2 of 3 pods of a (66.7%), and 50% is allowed.',
    );
    expect(refusal?.where).toBe('holdfast.config.yaml:1');
  });

  it('lets exactly the limit pass, and looks at the namespace by itself', () => {
    const half = { pods: pods(['a/1', 'a/2'], 1, { a: 2, b: 2 }), workloads: [] };
    expect(checkPodShares({ maxPodShare: { owner: rule(50), namespace: rule(25) } }, [half])).toEqual([]);
    expect(checkPodShares({ maxPodShare: { namespace: rule(24) } }, [half])).toMatchObject([
      { message: expect.stringContaining('1 of 4 pods of Namespace default (25%)') as string },
    ]);
  });

  it('adds up the faults of one experiment, without counting a pod twice that both hit', () => {
    const first = { pods: pods(['a/1'], 1, { a: 4 }), workloads: [] };
    const other = { pods: pods(['a/2'], 1, { a: 4 }), workloads: [] };
    const limit = { maxPodShare: { owner: rule(25) } };
    expect(checkPodShares(limit, [first, first])).toEqual([]);
    expect(checkPodShares(limit, [first, other])).toHaveLength(1);
  });

  it('never says less than the worst that can happen, and exactly that where it is certain who is hit', () => {
    fc.assert(
      fc.property(fc.array(aReach(), { minLength: 1, maxLength: 3 }), (reaches) => {
        for (const { of, hit, size } of sharesOf(reaches, 'owner')) {
          const worst = worstOf(reaches, of);
          expect(hit).toBeGreaterThanOrEqual(worst);
          expect(hit).toBeLessThanOrEqual(size);
          if (reaches.every((it) => it.take >= it.candidates.length)) expect(hit).toBe(worst);
        }
      }),
    );
  });
});

describe('the largest share of nodes', () => {
  const oneOfThree = { nodes: { candidates: ['n1', 'n2', 'n3'], take: 1, of: 3 }, workloads: [] };

  it('is counted by itself', () => {
    expect(checkNodeShare({ maxPodShare: { nodes: rule(34) } }, [oneOfThree])).toEqual([]);
    expect(checkNodeShare({ maxPodShare: { nodes: rule(33) } }, [oneOfThree])).toMatchObject([
      { message: expect.stringContaining('1 of 3 nodes of the cluster (33.3%)') as string },
    ]);
  });

  it.each([
    ['allowedNamespaces', { allowedNamespaces: rule(['shop']) }],
    ['maxPodShare', { maxPodShare: { owner: rule(90) } }],
  ])('must be said where %s is limited, for a node has pods of everybody', (name, policy) => {
    expect(checkNodeShare(policy, [oneOfThree])).toMatchObject([{ message: expect.stringContaining(name) as string }]);
    expect(checkNodeShare({ ...policy, maxPodShare: { nodes: rule(50) } }, [oneOfThree])).toEqual([]);
  });

  it('is no matter where nothing is limited', () => {
    expect(checkNodeShare({ maxPercentage: rule(10) }, [oneOfThree])).toEqual([]);
  });
});

function aReach(): fc.Arbitrary<PodReach> {
  const names = fc.uniqueArray(fc.constantFrom('a/1', 'a/2', 'a/3', 'b/1', 'b/2'), { minLength: 1 });
  return fc.tuple(names, fc.integer({ min: 0, max: 5 })).map(([some, take]) => pods(some, take, { a: 3, b: 2 }));
}

/** The most pods of an owner that any choice of the faults can hit together, by trying every choice. */
function worstOf(reaches: readonly PodReach[], owner: string): number {
  const choices = reaches.map(({ candidates, take }) =>
    subsets(candidates.map(({ name }) => name)).filter((it) => it.length === Math.min(take, candidates.length)),
  );
  const all = choices.reduce<readonly (readonly string[])[]>(
    (before, next) => before.flatMap((hit) => next.map((more) => [...hit, ...more])),
    [[]],
  );
  return Math.max(...all.map((hit) => new Set(hit.filter((name) => name.startsWith(`${owner}/`))).size));
}

function subsets(items: readonly string[]): readonly (readonly string[])[] {
  return items.reduce<readonly (readonly string[])[]>(
    (sets, item) => [...sets, ...sets.map((set) => [...set, item])],
    [[]],
  );
}
