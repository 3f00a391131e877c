import type { Endpoint } from '../config/route-table.ts';
import type { LoadBalancing } from '../config/traffic-policy.ts';
import { hash, type Random } from '../random.ts';
import type { HostState } from './outlier.ts';

/** Chooses one of the hosts; `turn` counts the choices made so far. Undefined when there is none. */
export function choose<T extends { readonly state: HostState }>(
  hosts: readonly T[],
  how: LoadBalancing,
  turn: number,
  random: Random,
): T | undefined {
  if (hosts.length <= 1) return hosts[0];
  if (how === 'ROUND_ROBIN') return hosts[turn % hosts.length];
  const first = hosts[random.below(hosts.length)];
  if (how === 'RANDOM') return first;
  // LEAST_REQUEST: of two random choices the one with fewer requests under way.
  const second = hosts[random.below(hosts.length)];
  return first && second && second.state.active < first.state.active ? second : first;
}

/** The same host for the same key as long as it is there: the one with the highest hash of key and address. */
export function chooseByHash<T extends { readonly endpoint: Endpoint }>(
  hosts: readonly T[],
  key: string,
): T | undefined {
  const weight = ({ endpoint }: T) => hash(`${key}|${endpoint.ip}:${endpoint.port}`);
  return hosts.reduce<T | undefined>((best, host) => (best && weight(best) >= weight(host) ? best : host), undefined);
}
