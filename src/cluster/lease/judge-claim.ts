import type { Millis } from '../../model/clock.ts';
import { isSameHost, parseHolder, type IsAlive, type LeaseHolder } from './holder.ts';
import type { Claim } from './lease-object.ts';

/** live: somebody holds it. dead: nobody does. unsure: only watching it for its duration can tell. */
export type ClaimState = 'live' | 'dead' | 'unsure';

/** API servers of one cluster differ by less than this, and so do the whole seconds in which they tell the time. */
const SERVERS_DIFFER: Millis = 5_000;

/**
 * What one look at a lease tells. Its times were written by another machine's clock, so they are believed only when
 * they fit ours (renewed within the lease's duration). However long past they seem, it may be our clock that is wrong.
 */
export function judgeClaim(claim: Claim, now: Millis, here: LeaseHolder, isAlive: IsAlive): ClaimState {
  if (claim.identity === '') return 'dead';
  const holder = parseHolder(claim.identity);
  if (holder !== undefined && isSameHost(holder, here) && !isAlive(holder.process)) return 'dead';
  if (claim.renewed === undefined) return 'unsure';
  const age = now - claim.renewed;
  return Math.abs(age) <= claim.duration ? 'live' : 'unsure';
}

/**
 * How long an unsure claim has to be seen unchanged until it is dead. The API server noted when it saw the last renewal;
 * its clock now, asked for before the claim is looked at again, tells how long ago that was. So do our clock and the
 * holder's; where they disagree, the shorter time counts, so that no single wrong clock shortens the wait.
 */
export function watchFor({ written, renewed, duration }: Claim, serverTime: Millis | undefined, now: Millis): Millis {
  if (written === undefined || renewed === undefined || serverTime === undefined) return duration;
  const left = duration + SERVERS_DIFFER - Math.min(serverTime - written, now - renewed);
  return Math.min(duration, Math.max(0, left));
}

/** Whether a claim has not expired yet by the API server's clock alone; false where that does not tell. */
export function isYoung({ written, duration }: Claim, serverTime: Millis | undefined): boolean {
  if (written === undefined || serverTime === undefined) return false;
  const age = serverTime - written;
  return age > -SERVERS_DIFFER && age < duration + SERVERS_DIFFER;
}
