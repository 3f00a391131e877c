import { hostMatches, hostName, specificity } from './hosts.ts';
import type { RequestHead, Route, VirtualHost } from './route-table.ts';

/** The virtual host for a Host header: the exact name, else the longest wildcard. Its port does not count. */
export function findVirtualHost(hosts: readonly VirtualHost[], authority: string): VirtualHost | undefined {
  const name = hostName(authority);
  let best: VirtualHost | undefined;
  let bestRank = -1;
  for (const host of hosts) {
    for (const domain of host.domains) {
      const rank = hostMatches(domain, name) ? specificity(domain) : -1;
      if (rank > bestRank) [best, bestRank] = [host, rank];
    }
  }
  return best;
}

/** The first route that takes the request. */
export function findRoute(host: VirtualHost | undefined, request: RequestHead): Route | undefined {
  return host?.routes.find((route) => route.matches(request));
}
