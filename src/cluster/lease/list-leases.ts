import type { Clock, Millis } from '../../model/clock.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import type { Cluster } from '../cluster.ts';
import { describeHolder, type IsAlive, type LeaseHolder } from './holder.ts';
import { judgeClaim, type ClaimState, isYoung, watchFor } from './judge-claim.ts';
import { LEASE_SELECTOR, readClaim } from './lease-object.ts';
import { leaseResource } from './lease-resource.ts';
import { isProcessAlive } from './this-holder.ts';

/** A lock found in the cluster, of whatever run. */
export interface FoundLease {
  readonly key: string;
  readonly run: string;
  /** `run 7f3a (host ci-1, process 4242)`. */
  readonly holder: string;
  /** ISO 8601, by the holder's clock. */
  readonly since?: string;
  /** When it expires unless it is renewed; ISO 8601, by the holder's clock. */
  readonly expires?: string;
  /** Nobody holds it any more. */
  readonly isDead: boolean;
  readonly object: KubernetesObject;
}

export interface ListLeasesOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Who asks: tells which holders are processes of this host. */
  readonly holder: LeaseHolder;
  readonly isAlive?: IsAlive;
  /** Whoever comes again soon takes a lock that has not expired yet for held. */
  readonly comesAgain?: boolean;
}

/**
 * Every lock of ours in the cluster, with whether its holder lives. Where one look does not tell, all of these are looked
 * at again once the last could have been renewed, which is 15 s later at most. With `comesAgain` only those are watched of
 * which the API server's clock does not tell, or ours says otherwise.
 */
export async function listLeases(options: ListLeasesOptions): Promise<readonly FoundLease[]> {
  const { cluster, clock, holder, isAlive = isProcessAlive, signal } = options;
  const now = clock.wall().getTime();
  const leases = await list(options);
  const states = new Map(leases.map((lease) => [lease, judgeClaim(readClaim(lease), now, holder, isAlive)]));
  const unsure = leases.filter((lease) => states.get(lease) === 'unsure');
  if (unsure.length === 0) return leases.map((lease) => describe(lease, states.get(lease) ?? 'live'));

  const serverTime = await cluster.serverTime({ signal });
  const young = new Set(
    options.comesAgain === true ? unsure.filter((lease) => isYoung(readClaim(lease), serverTime)) : [],
  );
  const watched = unsure.filter((lease) => !young.has(lease));
  const wait = Math.max(0, ...watched.map((lease): Millis => watchFor(readClaim(lease), serverTime, now)));
  if (wait > 0) await clock.sleep(wait, signal);
  const versions = new Map((await list(options)).map((lease) => [idOf(lease), lease.metadata.resourceVersion]));
  return leases
    .filter((lease) => !unsure.includes(lease) || versions.has(idOf(lease)))
    .map((lease) => {
      const unchanged = versions.get(idOf(lease)) === lease.metadata.resourceVersion && !young.has(lease);
      return describe(lease, unsure.includes(lease) ? (unchanged ? 'dead' : 'live') : (states.get(lease) ?? 'live'));
    });
}

/** Takes a dead holder's lock away, once what it left behind is undone; one that changed meanwhile is left alone. */
export async function removeDeadLease(
  options: Pick<ListLeasesOptions, 'cluster' | 'signal'>,
  lease: FoundLease,
): Promise<void> {
  const { uid, resourceVersion } = lease.object.metadata;
  const resource = await leaseResource(options.cluster, options.signal);
  await options.cluster.remove(resource, lease.object.metadata, { uid, resourceVersion, signal: options.signal });
}

async function list({ cluster, signal }: ListLeasesOptions): Promise<readonly KubernetesObject[]> {
  return cluster.list(await leaseResource(cluster, signal), { labelSelector: LEASE_SELECTOR, signal });
}

function describe(object: KubernetesObject, state: ClaimState): FoundLease {
  const { key, run, identity, acquired, renewed, duration } = readClaim(object);
  return {
    key,
    run,
    holder: describeHolder(identity),
    ...(acquired !== undefined && { since: new Date(acquired).toISOString() }),
    ...(renewed !== undefined && { expires: new Date(renewed + duration).toISOString() }),
    isDead: state === 'dead',
    object,
  };
}

function idOf({ metadata }: KubernetesObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}/${metadata.uid ?? ''}`;
}
