import type { Clock, Millis } from '../model/clock.ts';
import { HoldfastError } from '../model/errors.ts';
import type { KubernetesObject } from '../model/kubernetes.ts';
import type { Cluster, Resource } from './cluster.ts';
import { describeHolder, type IsAlive, type LeaseHolder } from './lease/holder.ts';
import { judgeClaim, watchFor } from './lease/judge-claim.ts';
import { isSameHolding, leaseKey, newLease, readClaim, takenOver } from './lease/lease-object.ts';
import { leaseResource } from './lease/lease-resource.ts';
import { keepRenewed } from './lease/renewal.ts';
import { isProcessAlive } from './lease/this-holder.ts';

export interface LeaseOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  /** What is locked, e.g. `vs:default/ratings`. */
  readonly key: string;
  /** Who we are, see `thisHolder`. */
  readonly holder: LeaseHolder;
  /** Ends the attempt to acquire; what is held stays held until it is released. */
  readonly signal: AbortSignal;
  /** How processes of this host are looked up. */
  readonly isAlive?: IsAlive;
}

/** A lock of ours, renewed in the background. */
export interface HeldLease {
  readonly key: string;
  /** Aborted with `LOCK_LOST` when somebody took the lock or it could not be renewed. */
  readonly lost: AbortSignal;
  /** Gives the lock back. May be called twice; a lock that is no longer ours is left alone. */
  release(): Promise<void>;
}

const MOST_ATTEMPTS = 5;
const RELEASE_PAUSE: Millis = 100;

/**
 * Takes the lock of a target, also from a holder that is dead: one on this host whose process is gone at once, any
 * other once its Lease has gone without renewal for its duration, by the API server's clock or while we watched. Throws
 * `LOCKED` when somebody holds it.
 */
export async function acquireLease(options: LeaseOptions): Promise<HeldLease> {
  const { cluster, signal } = options;
  const resource = await leaseResource(cluster, signal);
  let inTheWay: KubernetesObject | undefined;
  let lastFailure: unknown;
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
    const outcome = await writeClaim(options, resource, inTheWay);
    if (outcome.lease !== undefined) return hold(options, resource, outcome.lease);
    lastFailure = outcome.failure;
    inTheWay = await cluster.read(resource, leaseKey(options.key), { signal });
    const isUnknown = outcome.failure !== undefined;
    if (isUnknown && inTheWay !== undefined && isSameHolding(inTheWay, outcome.sent))
      return hold(options, resource, inTheWay);
    if (inTheWay !== undefined) inTheWay = await deadOrThrow(options, resource, inTheWay);
  }
  throw lastFailure ?? locked(inTheWay, options.key);
}

interface Outcome {
  readonly sent: KubernetesObject;
  /** As stored; absent when somebody else was faster, or when nobody knows. */
  readonly lease?: KubernetesObject;
  /** Why nobody knows. */
  readonly failure?: unknown;
}

/** Writes the lease anew, or over that of a dead holder. */
async function writeClaim(
  { cluster, clock, key, holder, signal }: LeaseOptions,
  resource: Resource,
  dead: KubernetesObject | undefined,
): Promise<Outcome> {
  const now = clock.wall();
  const sent = dead === undefined ? newLease(key, holder, now) : takenOver(dead, key, holder, now);
  try {
    const writing =
      dead === undefined ? cluster.create(resource, sent, { signal }) : cluster.replace(resource, sent, { signal });
    return { sent, lease: (await writing).object };
  } catch (error) {
    if (isCode(error, 'API_CONFLICT') || isCode(error, 'API_NOT_FOUND')) return { sent };
    if (mayHaveArrived(error)) return { sent, failure: error };
    throw error;
  }
}

/** The lease if its holder is dead, undefined if it is gone by now; throws `LOCKED` if its holder lives. */
async function deadOrThrow(
  { cluster, clock, key, holder, signal, isAlive = isProcessAlive }: LeaseOptions,
  resource: Resource,
  lease: KubernetesObject,
): Promise<KubernetesObject | undefined> {
  const claim = readClaim(lease);
  const now = clock.wall().getTime();
  const state = judgeClaim(claim, now, holder, isAlive);
  if (state === 'dead') return lease;
  if (state === 'live') throw locked(lease, key);
  const wait = watchFor(claim, await cluster.serverTime({ signal }), now);
  if (wait > 0) await clock.sleep(wait, signal);
  const later = await cluster.read(resource, lease.metadata, { signal });
  if (later !== undefined && later.metadata.resourceVersion !== lease.metadata.resourceVersion)
    throw locked(later, key);
  return later;
}

function hold({ cluster, clock, key }: LeaseOptions, resource: Resource, lease: KubernetesObject): HeldLease {
  const renewal = keepRenewed({ cluster, clock, resource, lease });
  let releasing: Promise<void> | undefined;
  return {
    key,
    lost: renewal.lost,
    release() {
      releasing ??= renewal.stop().then((last) => giveBack(cluster, clock, resource, last));
      return releasing;
    },
  };
}

/** Tried again while the API server does not answer: a lease that stays keeps others out until it expires. */
async function giveBack(cluster: Cluster, clock: Clock, resource: Resource, lease: KubernetesObject): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await remove(cluster, resource, lease);
      return;
    } catch (error) {
      if (attempt === MOST_ATTEMPTS || !mayHaveArrived(error)) throw error;
      await clock.sleep(RELEASE_PAUSE * attempt);
    }
  }
}

async function remove(cluster: Cluster, resource: Resource, lease: KubernetesObject): Promise<void> {
  const { uid, resourceVersion } = lease.metadata;
  try {
    await cluster.remove(resource, lease.metadata, { uid, resourceVersion });
  } catch (error) {
    if (!isCode(error, 'API_CONFLICT')) throw error;
    const now = await cluster.read(resource, lease.metadata);
    if (now === undefined || !isSameHolding(now, lease)) return;
    await cluster.remove(resource, now.metadata, { uid, resourceVersion: now.metadata.resourceVersion });
  }
}

function locked(lease: KubernetesObject | undefined, key: string): HoldfastError {
  const claim = lease === undefined ? undefined : readClaim(lease);
  const since = claim?.acquired === undefined ? '' : ` since ${new Date(claim.acquired).toISOString()}`;
  const until = claim?.renewed === undefined ? undefined : new Date(claim.renewed + claim.duration).toISOString();
  return new HoldfastError('LOCKED', {
    message: `${key} is locked by ${claim === undefined ? 'another run' : describeHolder(claim.identity)}${since}.`,
    ...(lease !== undefined && { where: `Lease ${lease.metadata.namespace ?? ''}/${lease.metadata.name}` }),
    hint:
      until === undefined
        ? 'Wait for that run to end, then try again.'
        : `Wait for that run to end, or stop it; unless it renews the lock, it expires at ${until}.`,
  });
}

/** A failure that says nothing about whether the write took effect. */
function mayHaveArrived(error: unknown): boolean {
  return isCode(error, 'API_TIMEOUT') || isCode(error, 'API_UNREACHABLE') || isCode(error, 'API_FAILED');
}

function isCode(error: unknown, code: HoldfastError['code']): boolean {
  return error instanceof HoldfastError && error.code === code;
}
