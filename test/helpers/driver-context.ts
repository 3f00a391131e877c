import type { Cluster } from '../../src/cluster/cluster.ts';
import type { DriverContext } from '../../src/faults/driver.ts';

/** A driver context whose clock jumps ahead by each sleep instead of waiting; `advance` moves it by hand. */
export function driverContext(
  cluster: Cluster,
  signal: AbortSignal = new AbortController().signal,
): DriverContext & { advance(ms: number): void } {
  let now = 1_000;
  return {
    cluster,
    signal,
    clock: {
      now: () => now,
      wall: () => new Date(Date.UTC(2026, 0, 1) + now),
      async sleep(ms, sleepSignal) {
        sleepSignal?.throwIfAborted();
        now += ms;
      },
    },
    advance(ms) {
      now += ms;
    },
  };
}
