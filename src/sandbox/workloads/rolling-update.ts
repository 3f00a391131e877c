/** A ReplicaSet in the middle of a roll-out, in the numbers that decide it. */
export interface Generation {
  readonly name: string;
  readonly wanted: number;
  readonly ready: number;
}

export interface RollOut {
  readonly replicas: number;
  readonly recreate: boolean;
  readonly maxSurge: number;
  readonly maxUnavailable: number;
}

/**
 * The next size of each ReplicaSet: the new one grows as far as the surge allows, old ones shrink (unready pods first,
 * then as many as availability allows). `Recreate` empties the old ones before the new one starts.
 */
export function nextSizes(rollOut: RollOut, current: Generation, old: readonly Generation[]): Map<string, number> {
  const sizes = new Map<string, number>();
  if (rollOut.recreate) {
    for (const generation of old) sizes.set(generation.name, 0);
    const gone = old.every(({ wanted, ready }) => wanted === 0 && ready === 0);
    if (gone) sizes.set(current.name, rollOut.replicas);
    return sizes;
  }
  const oldTotal = sum(old.map(({ wanted }) => wanted));
  const room = rollOut.replicas + rollOut.maxSurge - oldTotal;
  const grown = Math.min(rollOut.replicas, Math.max(current.wanted, room));
  sizes.set(current.name, grown);
  shrink(rollOut, current, old, sizes);
  return sizes;
}

function shrink(rollOut: RollOut, current: Generation, old: readonly Generation[], sizes: Map<string, number>): void {
  const ready = Math.min(current.ready, current.wanted) + sum(old.map((one) => Math.min(one.ready, one.wanted)));
  let spare = ready - (rollOut.replicas - rollOut.maxUnavailable);
  for (const { name, wanted, ready } of old) {
    const unready = Math.max(0, wanted - ready);
    const fewerReady = Math.max(0, Math.min(spare, wanted - unready));
    spare -= fewerReady;
    sizes.set(name, wanted - unready - fewerReady);
  }
}

/** A share such as `25%`, or a count, of the replicas. */
export function portion(value: number | string | undefined, replicas: number, round: 'up' | 'down'): number {
  const given = value ?? '25%';
  if (typeof given === 'number') return given;
  const exact = (Number.parseFloat(given) / 100) * replicas;
  return round === 'up' ? Math.ceil(exact) : Math.floor(exact);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
