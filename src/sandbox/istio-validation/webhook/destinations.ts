import { checkHeaders } from './headers.ts';
import { checkPort, checkSubsetName, wildcardDomainProblem } from './names.ts';
import type { Report } from './report.ts';
import type { Destination, WeightedDestination } from './shapes.ts';

/** The `route` of an HTTP, TLS or TCP rule. */
export function checkDestinations(route: readonly (WeightedDestination | null | undefined)[], report: Report): void {
  let total = 0;
  for (const entry of route) {
    if (entry === null || entry === undefined) {
      report.listed('weight may not be nil');
      continue;
    }
    if (entry.destination === null || entry.destination === undefined) report.listed('destination is required');
    checkHeaders(entry.headers, report);
    checkDestination(entry.destination, report);
    const { weight = 0 } = entry;
    if (weight < 0) report.error(`weight ${weight} < 0`);
    total += weight;
  }
  if (route.length > 1 && total === 0) report.error('total destination weight = 0');
}

/** A host with its subset and port. */
export function checkDestination(destination: Destination | null | undefined, report: Report): void {
  if (destination === null || destination === undefined) return;
  const { host = '', subset = '', port } = destination;
  const problem = host === '*' ? 'invalid destination host *' : wildcardDomainProblem(host);
  if (problem !== undefined) report.error(problem);
  if (subset !== '') checkSubsetName(subset, report);
  if (port !== undefined) checkPort(port.number ?? 0, report);
}
