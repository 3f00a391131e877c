import type { OutlierPolicy } from '../config/traffic-policy.ts';

/** What a client proxy remembers of one endpoint. */
export interface HostState {
  active: number;
  consecutive5xx: number;
  consecutiveGatewayErrors: number;
  ejections: number;
  ejectedUntil: number;
}

export function newHostState(): HostState {
  return { active: 0, consecutive5xx: 0, consecutiveGatewayErrors: 0, ejections: 0, ejectedUntil: 0 };
}

export function isEjected(host: HostState, now: number): boolean {
  return host.ejectedUntil > now;
}

/**
 * Counts a result for outlier detection; failures without an answer count as status 503, timeouts as 504. Ejects the
 * host when it has failed often enough in a row and the share of ejected hosts allows it.
 */
export function countResult(
  policy: OutlierPolicy,
  host: HostState,
  all: readonly HostState[],
  status: number,
  now: number,
): void {
  host.consecutive5xx = status >= 500 ? host.consecutive5xx + 1 : 0;
  host.consecutiveGatewayErrors = status >= 502 && status <= 504 ? host.consecutiveGatewayErrors + 1 : 0;
  const tooMany =
    reached(host.consecutive5xx, policy.consecutive5xx) ||
    reached(host.consecutiveGatewayErrors, policy.consecutiveGatewayErrors);
  if (!tooMany || isEjected(host, now) || !mayEject(policy, all, now)) return;
  host.ejections += 1;
  host.consecutive5xx = 0;
  host.consecutiveGatewayErrors = 0;
  // Hosts come back on the sweep that follows the end of their time.
  const sweeps = Math.ceil((policy.baseEjectionMs * host.ejections) / policy.intervalMs);
  host.ejectedUntil = now + sweeps * policy.intervalMs;
}

function reached(count: number, limit: number): boolean {
  return limit > 0 && count >= limit;
}

function mayEject(policy: OutlierPolicy, all: readonly HostState[], now: number): boolean {
  const ejected = all.filter((host) => isEjected(host, now)).length;
  if (policy.firstAlwaysEjects && ejected === 0) return true;
  return ((ejected + 1) / all.length) * 100 <= policy.maxEjectionPercent;
}

/** The hosts that may be used: those not ejected, or all when too few are left and panic routing is on. */
export function usable<T extends { readonly state: HostState }>(
  hosts: readonly T[],
  policy: OutlierPolicy | undefined,
  now: number,
): readonly T[] {
  if (policy === undefined) return hosts;
  const healthy = hosts.filter((host) => !isEjected(host.state, now));
  return (healthy.length / hosts.length) * 100 < policy.minHealthPercent ? hosts : healthy;
}
