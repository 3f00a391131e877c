import type { Clock } from '../model/clock.ts';
import { HoldfastError } from '../model/errors.ts';
import type { KubernetesObject } from '../model/kubernetes.ts';
import type { Cluster, Resource } from './cluster.ts';
import { describeHolder, type IsAlive, type LeaseHolder } from './lease/holder.ts';
import { judgeClaim } from './lease/judge-claim.ts';
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

/**
 * Takes the lock of a target, also from a holder that is dead: one on this host whose process is gone at once, any
 * other after its Lease has not changed for its duration while we watched. Throws `LOCKED` when somebody holds it.
 */
export async function acquireLease(options: LeaseOptions): Promise<HeldLease> {
  const { cluster, signal } = options;
  const resource = await leaseResource(cluster, signal);
  let inTheWay: KubernetesObject | undefined;
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
    const lease =
      inTheWay === undefined ? await create(options, resource) : await takeOver(options, resource, inTheWay);
    if (lease !== undefined) return hold(options, resource, lease);
    inTheWay = await cluster.read(resource, leaseKey(options.key), { signal });
    if (inTheWay !== undefined) inTheWay = await deadOrThrow(options, resource, inTheWay);
  }
  throw locked(inTheWay, options.key);
}

/** Undefined when somebody's lease is there already. */
function create(
  { cluster, clock, key, holder, signal }: LeaseOptions,
  resource: Resource,
): Promise<KubernetesObject | undefined> {
  return unlessConflict(cluster.create(resource, newLease(key, holder, clock.wall()), { signal }));
}

/** Undefined when somebody else was faster. */
function takeOver(
  { cluster, clock, key, holder, signal }: LeaseOptions,
  resource: Resource,
  dead: KubernetesObject,
): Promise<KubernetesObject | undefined> {
  return unlessConflict(cluster.replace(resource, takenOver(dead, key, holder, clock.wall()), { signal }));
}

async function unlessConflict(
  writing: Promise<{ readonly object: KubernetesObject }>,
): Promise<KubernetesObject | undefined> {
  try {
    return (await writing).object;
  } catch (error) {
    if (isCode(error, 'API_CONFLICT') || isCode(error, 'API_NOT_FOUND')) return undefined;
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
  const state = judgeClaim(claim, clock.wall().getTime(), holder, isAlive);
  if (state === 'dead') return lease;
  if (state === 'live') throw locked(lease, key);
  await clock.sleep(claim.duration, signal);
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
      releasing ??= renewal.stop().then((last) => remove(cluster, resource, last));
      return releasing;
    },
  };
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

function isCode(error: unknown, code: HoldfastError['code']): boolean {
  return error instanceof HoldfastError && error.code === code;
}
