import type { Millis } from '../../model/clock.ts';
import { isSameHost, parseHolder, type IsAlive, type LeaseHolder } from './holder.ts';
import type { Claim } from './lease-object.ts';

/** live: somebody holds it. dead: nobody does. unsure: only watching it for its duration can tell. */
export type ClaimState = 'live' | 'dead' | 'unsure';

/** API servers of one cluster differ by less than this, and so do the whole seconds in which they tell the time. */
const SERVERS_DIFFER: Millis = 5_000;

/** Beyond this no clock is so wrong that a lease could still be held. */
const FAR_BEYOND: Millis = 5 * 60_000;

/**
 * What one look at a lease tells. Its times were written by another machine's clock, so they are believed only when
 * they fit ours (renewed within the lease's duration), or when they are so long past that no skew explains it by the
 * holder's clock and by the API server's.
 */
export function judgeClaim(claim: Claim, now: Millis, here: LeaseHolder, isAlive: IsAlive): ClaimState {
  if (claim.identity === '') return 'dead';
  const holder = parseHolder(claim.identity);
  if (holder !== undefined && isSameHost(holder, here) && !isAlive(holder.process)) return 'dead';
  if (claim.renewed === undefined) return 'unsure';
  const age = now - claim.renewed;
  if (Math.abs(age) <= claim.duration) return 'live';
  const youngest = now - Math.max(claim.renewed, claim.written ?? claim.renewed);
  return youngest > claim.duration + FAR_BEYOND ? 'dead' : 'unsure';
}

/**
 * How long an unsure claim has to be seen unchanged until it is dead. The API server noted when it saw the last renewal;
 * its clock now, asked for before the claim is looked at again, tells how long ago that was, whatever the holder's clock
 * and ours say.
 */
export function watchFor({ written, duration }: Claim, serverTime: Millis | undefined): Millis {
  if (written === undefined || serverTime === undefined) return duration;
  const left = duration + SERVERS_DIFFER - (serverTime - written);
  return Math.min(duration, Math.max(0, left));
}
