import type { Clock, Millis } from '../../model/clock.ts';
import { HoldfastError } from '../../model/errors.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import type { Cluster, Resource } from '../cluster.ts';
import { describeHolder } from './holder.ts';
import { isSameHolding, readClaim, renewed } from './lease-object.ts';

/** A third of the lease's duration: two renewals may fail before anybody else may take it. */
const RENEW_EVERY: Millis = 5_000;
const RETRY_AFTER: Millis = 1_000;
const CALL_DEADLINE: Millis = 3_000;
/** Without a renewal for so long we stop believing in our own lease, well before others do (15 s). */
const GIVE_UP_AFTER: Millis = 10_000;

export interface Renewal {
  /** Aborted with `LOCK_LOST` when the lease can no longer be relied on. */
  readonly lost: AbortSignal;
  /** Ends the renewal, awaits the one under way, and gives the lease as last written. */
  stop(): Promise<KubernetesObject>;
}

export interface RenewalOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly resource: Resource;
  readonly lease: KubernetesObject;
}

/** Keeps a lease alive in the background until it is stopped or lost. */
export function keepRenewed(options: RenewalOptions): Renewal {
  const { clock } = options;
  const lost = new AbortController();
  const stopped = new AbortController();
  let lease = options.lease;

  const run = async (): Promise<void> => {
    let renewedAt = clock.now();
    let pause = RENEW_EVERY;
    while (await slept(clock, pause, stopped.signal)) {
      const sentAt = clock.now();
      try {
        lease = await renew(options, lease);
        renewedAt = sentAt;
        pause = RENEW_EVERY;
      } catch (error) {
        pause = RETRY_AFTER;
        const taken = error instanceof HoldfastError && error.code === 'LOCK_LOST';
        if (!taken && clock.now() - renewedAt < GIVE_UP_AFTER) continue;
        lost.abort(taken ? error : notRenewed(lease, error));
        return;
      }
    }
  };
  const running = run();
  return {
    lost: lost.signal,
    async stop() {
      stopped.abort();
      await running;
      return lease;
    },
  };
}

async function slept(clock: Clock, ms: Millis, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  return clock.sleep(ms, signal).then(
    () => true,
    () => false,
  );
}

/** A conflict may be our own write whose answer was lost, or somebody's label: then the lease is still ours. */
async function renew(options: RenewalOptions, lease: KubernetesObject): Promise<KubernetesObject> {
  const { cluster, clock, resource } = options;
  const call = { deadline: CALL_DEADLINE };
  try {
    return (await cluster.replace(resource, renewed(lease, clock.wall()), call)).object;
  } catch (error) {
    const elsewhere =
      error instanceof HoldfastError && (error.code === 'API_CONFLICT' || error.code === 'API_NOT_FOUND');
    if (!elsewhere) throw error;
    const now = await cluster.read(resource, lease.metadata, call);
    if (now === undefined || !isSameHolding(now, lease)) throw takenAway(lease, now);
    return (await cluster.replace(resource, renewed(now, clock.wall()), call)).object;
  }
}

function takenAway(lease: KubernetesObject, now: KubernetesObject | undefined): HoldfastError {
  const { key } = readClaim(lease);
  const how = now === undefined ? 'its Lease was deleted' : `${describeHolder(readClaim(now).identity)} took it over`;
  return lockLost(lease, `The lock ${key} was lost: ${how}.`, undefined);
}

function notRenewed(lease: KubernetesObject, cause: unknown): HoldfastError {
  const why = cause instanceof Error ? ` ${cause.message}` : '';
  const message = `The lock ${readClaim(lease).key} could not be renewed for ${GIVE_UP_AFTER / 1000} s.${why}`;
  return lockLost(lease, message, cause);
}

function lockLost(lease: KubernetesObject, message: string, cause: unknown): HoldfastError {
  return new HoldfastError('LOCK_LOST', {
    message,
    where: `Lease ${lease.metadata.namespace ?? ''}/${lease.metadata.name}`,
    hint: 'Run the experiment again when nothing else works on the same target.',
    ...(cause !== undefined && { cause }),
  });
}
