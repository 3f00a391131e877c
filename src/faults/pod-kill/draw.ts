import type { PodKillFaultSpec } from '../../model/fault.ts';

/** How many of `found` pods a round kills: never more than asked, so a share is rounded down. */
export function countOf(take: PodKillFaultSpec['take'], found: number): number {
  if (take.kind === 'all') return found;
  return take.kind === 'count' ? Math.min(take.count, found) : Math.floor((take.percent * found) / 100);
}

/** Draws `count` of the items, each set of them as likely as any other: the same seed draws the same from the same list. */
export function draw<T>(items: readonly T[], count: number, seed: number): readonly T[] {
  const random = createRandom(seed);
  const rest = [...items];
  const drawn: T[] = [];
  while (drawn.length < count && rest.length > 0) drawn.push(...rest.splice(below(rest.length, random), 1));
  return drawn;
}

/** The seed of one round; the first round's is the fault's own. */
export function seedOfRound(seed: number, round: number): number {
  return round === 0 ? seed : scramble((seed ^ Math.imul(round, GOLDEN)) >>> 0);
}

/** A seed for a fault that names none: another in each run, the same whenever one run looks at the fault again. */
export function seedOf(run: string, fault: string): number {
  let hash = 0;
  for (const character of `${run}/${fault}`) hash = scramble((hash + character.charCodeAt(0) + GOLDEN) >>> 0);
  return hash;
}

/** 2^32 divided by the golden ratio: steps of it visit all 32-bit numbers, far from each other. */
const GOLDEN = 0x9e3779b9;
const TWO_32 = 2 ** 32;

/** 32-bit numbers from a counter, each scrambled. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + GOLDEN) >>> 0;
    return scramble(state);
  };
}

/** A whole number from 0 to `limit` - 1; numbers of the last, incomplete stretch are thrown away, as they would favour some. */
function below(limit: number, random: () => number): number {
  const fair = TWO_32 - (TWO_32 % limit);
  let number = random();
  while (number >= fair) number = random();
  return number % limit;
}

/** Mixes all bits into all others; no two numbers become the same. */
function scramble(number: number): number {
  let mixed = number;
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
