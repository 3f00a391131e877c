import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextSizes, portion } from '../../../src/sandbox/workloads/rolling-update.ts';
import type { Generation, RollOut } from '../../../src/sandbox/workloads/rolling-update.ts';

const rollOut = fc
  .record({
    replicas: fc.integer({ min: 0, max: 20 }),
    maxSurge: fc.integer({ min: 0, max: 5 }),
    maxUnavailable: fc.integer({ min: 0, max: 5 }),
  })
  .filter(({ maxSurge, maxUnavailable }) => maxSurge + maxUnavailable > 0)
  .map((given): RollOut => ({ ...given, recreate: false }));

describe('a rolling update', () => {
  it('ends with all replicas in the new ReplicaSet, and keeps its promises on the way', () => {
    fc.assert(
      fc.property(rollOut, fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 3 }), (given, oldSizes) => {
        let current: Generation = { name: 'new', wanted: 0, ready: 0 };
        let old = oldSizes.map((size, index): Generation => ({ name: `old${index}`, wanted: size, ready: size }));
        const startTotal = total(old);
        const startReady = total(old);
        for (let step = 0; step < 200; step += 1) {
          const sizes = nextSizes(given, current, old);
          old = old.map((one) => resized(one, sizes));
          current = resized(current, sizes);
          const wanted = total([current, ...old]);
          expect(wanted).toBeLessThanOrEqual(Math.max(given.replicas + given.maxSurge, startTotal));
          const ready = current.ready + old.reduce((sum, one) => sum + one.ready, 0);
          expect(ready).toBeGreaterThanOrEqual(Math.min(given.replicas - given.maxUnavailable, startReady));
          current = { ...current, ready: current.wanted };
        }
        expect([current.wanted, total(old)]).toEqual([given.replicas, 0]);
      }),
    );
  });

  it('of type Recreate empties the old ReplicaSets first', () => {
    const given: RollOut = { replicas: 2, recreate: true, maxSurge: 1, maxUnavailable: 1 };
    const fresh: Generation = { name: 'new', wanted: 0, ready: 0 };

    expect(nextSizes(given, fresh, [{ name: 'old', wanted: 2, ready: 2 }])).toEqual(new Map([['old', 0]]));
    expect(nextSizes(given, fresh, [{ name: 'old', wanted: 0, ready: 0 }]).get('new')).toBe(2);
  });
});

describe('a share of the replicas', () => {
  it.each([
    [undefined, 4, 'up', 1],
    ['25%', 3, 'up', 1],
    ['25%', 3, 'down', 0],
    ['100%', 3, 'down', 3],
    [2, 10, 'up', 2],
  ] as const)('%s of %i, rounded %s, is %i', (value, replicas, round, expected) => {
    expect(portion(value, replicas, round)).toBe(expected);
  });
});

function resized(generation: Generation, sizes: ReadonlyMap<string, number>): Generation {
  const wanted = sizes.get(generation.name) ?? generation.wanted;
  return { ...generation, wanted, ready: Math.min(generation.ready, wanted) };
}

function total(generations: readonly Generation[]): number {
  return generations.reduce((sum, { wanted }) => sum + wanted, 0);
}
