/** A queue of things in order, with O(1) amortised work for each that goes in at the end and out at the front. */
export interface Fifo<T> {
  readonly length: number;
  /** Puts a thing in; walks forward past those that are `after` it, which are few where things come nearly in order. */
  push(thing: T, after?: (earlier: T) => boolean): void;
  first(): T | undefined;
  shift(): T | undefined;
  toArray(): readonly T[];
}

/** Below this the space of what has left is not worth reclaiming. */
const SMALLEST = 1024;

export function createFifo<T>(): Fifo<T> {
  let things: T[] = [];
  let head = 0;
  return {
    get length() {
      return things.length - head;
    },
    push(thing, after = () => false) {
      let place = things.length;
      for (; place > head; place -= 1) {
        const earlier = things[place - 1] as T;
        if (!after(earlier)) break;
      }
      if (place === things.length) things.push(thing);
      else things.splice(place, 0, thing);
    },
    first: () => things[head],
    shift() {
      if (head === things.length) return undefined;
      const thing = things[head];
      head += 1;
      if (head >= SMALLEST && head * 2 >= things.length) {
        things = things.slice(head);
        head = 0;
      }
      return thing;
    },
    toArray: () => things.slice(head),
  };
}
