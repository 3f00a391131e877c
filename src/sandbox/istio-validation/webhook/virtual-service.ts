import { isIP } from 'node:net';
import { checkDestinations } from './destinations.ts';
import { checkHttpRoute } from './http-route.ts';
import { checkGatewayNames, checkPort, wildcardDomainProblem } from './names.ts';
import type { Report } from './report.ts';
import type { L4Route, VirtualServiceSpec } from './shapes.ts';
import { warnOfUnusedRules } from './unused-rules.ts';

/** `spec` of a VirtualService. */
export function checkVirtualService(spec: VirtualServiceSpec, istioMinor: number, report: Report): void {
  const { hosts = [], gateways = [], http = [], tls = [], tcp = [] } = spec;
  const isDelegate = hosts.length === 0;
  if (isDelegate) checkDelegate(spec, report);
  checkGatewayNames(gateways, report);
  checkHosts(hosts, gateways, report);
  if (http.length === 0 && tls.length === 0 && tcp.length === 0) {
    report.error('http, tcp or tls must be provided in virtual service');
  }
  for (const route of http) {
    if (route === null || route === undefined) report.error('http route may not be null');
    else checkHttpRoute(route, { isDelegate, istioMinor }, report);
  }
  for (const route of tls) checkL4Route(route, 'TLS', report);
  for (const route of tcp) checkL4Route(route, 'TCP', report);
  warnOfUnusedRules(http, report);
}

function checkDelegate({ gateways = [], tls = [], tcp = [] }: VirtualServiceSpec, report: Report): void {
  if (gateways.length > 0) report.error('delegate virtual service must have no gateways specified');
  if (tls.length > 0) report.error('delegate virtual service must have no tls route specified');
  if (tcp.length > 0) report.error('delegate virtual service must have no tcp route specified');
}

function checkHosts(hosts: readonly string[], gateways: readonly string[], report: Report): void {
  const isForMesh = gateways.length === 0 || gateways.includes('mesh');
  let areValid = true;
  for (const host of hosts) {
    const problem = wildcardDomainProblem(host);
    if (problem !== undefined && isIP(host) === 0) {
      report.error(problem);
      areValid = false;
    } else if (isForMesh && host === '*') {
      report.error('wildcard host * is not allowed for virtual services bound to the mesh gateway');
      areValid = false;
    }
  }
  if (areValid) checkDuplicates(hosts, report);
}

/** Patterns that take each other in are duplicates too. */
function checkDuplicates(hosts: readonly string[], report: Report): void {
  for (const [index, host] of hosts.entries()) {
    for (const other of hosts.slice(index + 1)) {
      if (overlap(host, other)) report.error(`duplicate hosts in virtual service: ${host} & ${other}`);
    }
  }
}

function overlap(a: string, b: string): boolean {
  const [aTail, bTail] = [a, b].map((host) => (host.startsWith('*') ? host.slice(1) : undefined));
  if (aTail === undefined && bTail === undefined) return a === b;
  if (aTail === undefined) return a.endsWith(bTail ?? '');
  if (bTail === undefined) return b.endsWith(aTail);
  return aTail.endsWith(bTail) || bTail.endsWith(aTail);
}

function checkL4Route(route: L4Route | null | undefined, kind: 'TLS' | 'TCP', report: Report): void {
  if (route === null || route === undefined) return;
  const matches = route.match ?? [];
  if (kind === 'TLS' && matches.length === 0) report.error('TLS route must have at least one match condition');
  for (const match of matches) {
    if (match === null || match === undefined) {
      report.error(kind === 'TLS' ? 'TLS match may not be null' : 'tcp match may not be nil');
      continue;
    }
    if (kind === 'TLS' && (match.sniHosts ?? []).length === 0)
      report.error('TLS match must have at least one SNI host');
    if (match.port !== undefined && match.port !== 0) checkPort(match.port, report);
  }
  if ((route.route ?? []).length === 0) report.error(`${kind} route is required`);
  checkDestinations(route.route ?? [], report);
}
