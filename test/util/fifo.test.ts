import { describe, expect, it } from 'vitest';
import { createFifo } from '../../src/util/fifo.ts';

describe('a queue', () => {
  it('gives things back in the order in which they came, also when many have gone', () => {
    const queue = createFifo<number>();
    const out: number[] = [];
    for (let n = 0; n < 10_000; n += 1) {
      queue.push(n);
      if (n % 3 > 0) out.push(queue.shift() ?? -1);
    }
    expect(out).toEqual(Array.from(out.keys()));
    expect([queue.length, queue.first(), queue.toArray()[0]]).toEqual([10_000 - out.length, out.length, out.length]);
  });

  it('puts a thing that comes late in its place', () => {
    const queue = createFifo<number>();
    for (const n of [1, 2, 5, 6, 4, 3]) queue.push(n, (earlier) => earlier > n);
    expect(queue.toArray()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('is empty at first and in the end', () => {
    const queue = createFifo<string>();
    queue.push('one');
    expect([queue.shift(), queue.shift(), queue.first(), queue.length]).toEqual(['one', undefined, undefined, 0]);
  });
});
