import type { Cluster } from '../cluster/cluster.ts';
import { type FoundLease, removeDeadLease } from '../cluster/lease/list-leases.ts';
import { systemClock } from '../engine/clock.ts';
import { withDeadline } from '../engine/deadline.ts';
import { HoldfastError, serializeError } from '../model/errors.ts';
import { fenceOff } from '../undo/fence.ts';

const UNLOCK_MS = 15_000;

/** The keys of the locks that went, and why others did not. */
interface Unlocked {
  readonly keys: readonly string[];
  readonly troubles: readonly string[];
}

/**
 * Takes away the locks of dead runs of which nothing is left, once what they may still have under way can do nothing any
 * more. One that changed meanwhile has been taken over and is nobody's leftover.
 */
export async function unlock(dead: readonly FoundLease[], cluster: Cluster): Promise<Unlocked> {
  const keys: string[] = [];
  const troubles: string[] = [];
  const tooLong = (): HoldfastError =>
    new HoldfastError('ROLLBACK_TIMEOUT', { message: `not done within ${UNLOCK_MS / 1000} s` });
  await Promise.all(
    dead.map(async (lease) => {
      try {
        await withDeadline(systemClock, UNLOCK_MS, tooLong, async (signal) => {
          await fenceOff(lease.key, lease.run, { cluster, clock: systemClock, signal });
          await removeDeadLease({ cluster, signal }, lease);
        });
        keys.push(lease.key);
      } catch (error) {
        const { code, message } = serializeError(error);
        if (code !== 'API_CONFLICT') troubles.push(`The lock ${lease.key} of run ${lease.run} was kept: ${message}`);
      }
    }),
  );
  return { keys: dead.map((it) => it.key).filter((key) => keys.includes(key)), troubles };
}
