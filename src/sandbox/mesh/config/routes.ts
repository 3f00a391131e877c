import { clusterName, contains } from './clusters.ts';
import type { OwnedRoute } from './delegates.ts';
import { durationMs } from './duration.ts';
import { compileFault } from './faults.ts';
import { authorityFrom, headerChanges } from './header-changes.ts';
import { resolveHost } from './hosts.ts';
import type { DestinationSpec, HttpRouteSpec, MatchBlock } from './objects.ts';
import { matchesEverything, requestMatcher } from './request-match.ts';
import { compileRetries } from './retries.ts';
import { compileRedirect, compileRewrite } from './rewrite.ts';
import type { ClusterName, Destination, Forward, Mirror, ProxyIdentity, Route } from './route-table.ts';
import { ALWAYS, shareOf } from './share.ts';
import { gatewayName } from './virtual-services.ts';

/** Where routes are compiled for. */
export interface RouteContext {
  readonly proxy: ProxyIdentity;
  readonly listenerPort: number;
  /** `mesh` for a sidecar, else the `namespace/name` of the Gateways behind the listener. */
  readonly gateways: ReadonlySet<string>;
  /** The ports of a Service by its full name; undefined when there is none. */
  readonly servicePorts: (host: string) => readonly number[] | undefined;
}

/** The routes that exist for this proxy, in order, ending with the first that takes every request. */
export function compileRoutes(routes: readonly OwnedRoute[], context: RouteContext): Route[] {
  const compiled: Route[] = [];
  for (const { spec, namespace } of routes) {
    const blocks: readonly MatchBlock[] = spec.match?.length ? spec.match : [{}];
    for (const block of blocks.filter((candidate) => existsFor(candidate, namespace, context))) {
      const route = compileRoute(spec, block, namespace, context);
      if (route === undefined) continue;
      compiled.push(route);
      if (route.catchAll) return compiled;
    }
  }
  return compiled;
}

/** The conditions Istio tests when it makes the configuration, never per request. */
function existsFor(block: MatchBlock, namespace: string, context: RouteContext): boolean {
  if (block.port && block.port !== context.listenerPort) return false;
  if (block.gateways?.length) {
    return block.gateways.some((gateway) => context.gateways.has(gatewayName(gateway, namespace)));
  }
  return (
    contains(context.proxy.labels, block.sourceLabels ?? {}) &&
    (!block.sourceNamespace || block.sourceNamespace === context.proxy.namespace)
  );
}

function compileRoute(
  spec: HttpRouteSpec,
  block: MatchBlock,
  namespace: string,
  context: RouteContext,
): Route | undefined {
  const action = compileAction(spec, block, namespace, context);
  return (
    action && {
      name: spec.name ?? 'default',
      catchAll: matchesEverything(block),
      matches: requestMatcher(block),
      action,
      headers: headerChanges(spec.headers),
    }
  );
}

function compileAction(
  spec: HttpRouteSpec,
  block: MatchBlock,
  namespace: string,
  context: RouteContext,
): Route['action'] | undefined {
  if (spec.redirect) return compileRedirect(spec.redirect);
  if (spec.directResponse) {
    const { status, body } = spec.directResponse;
    const bytes = body?.bytes === undefined ? Buffer.from(body?.string ?? '') : Buffer.from(body.bytes, 'base64');
    return { kind: 'direct', status, body: bytes };
  }
  return spec.route?.length ? compileForward(spec, block, namespace, context) : undefined;
}

function compileForward(spec: HttpRouteSpec, block: MatchBlock, namespace: string, context: RouteContext): Forward {
  const cluster = (destination: DestinationSpec) => destinationCluster(destination, namespace, context);
  const timeoutMs = durationMs(spec.timeout);
  return {
    kind: 'forward',
    destinations: destinationsOf(spec.route ?? [], cluster),
    fault: compileFault(spec.fault),
    timeoutMs,
    retry: compileRetries(spec.retries, context.proxy.istioMinor, timeoutMs),
    rewritePath: compileRewrite(spec.rewrite, block),
    rewriteAuthority: spec.rewrite?.authority ?? authorityFrom(spec.headers),
    mirrors: mirrorsOf(spec, cluster),
  };
}

type ToCluster = (destination: DestinationSpec) => ClusterName;

/** A single destination takes everything whatever its weight; of several, those without weight take nothing. */
function destinationsOf(route: NonNullable<HttpRouteSpec['route']>, cluster: ToCluster): Destination[] {
  const weighted = route.map((entry) => ({
    cluster: cluster(entry.destination),
    weight: route.length === 1 ? 1 : (entry.weight ?? 0),
    headers: headerChanges(entry.headers),
  }));
  return weighted.filter((entry) => entry.weight > 0);
}

function mirrorsOf(spec: HttpRouteSpec, cluster: ToCluster): Mirror[] {
  const single = spec.mirror ? [{ destination: spec.mirror, percentage: mirrorPercentage(spec) }] : [];
  return [...single, ...(spec.mirrors ?? [])].flatMap(({ destination, percentage }) => {
    if (!destination) return [];
    const share = percentage ? shareOf(percentage.value) : ALWAYS;
    return share > 0 ? [{ cluster: cluster(destination), share }] : [];
  });
}

function mirrorPercentage(spec: HttpRouteSpec): { readonly value?: number } | undefined {
  return spec.mirrorPercentage ?? (spec.mirrorPercent === undefined ? undefined : { value: spec.mirrorPercent });
}

function destinationCluster(destination: DestinationSpec, namespace: string, context: RouteContext): ClusterName {
  const host = resolveHost(destination.host, namespace);
  const ports = context.servicePorts(host);
  const only = ports?.length === 1 ? ports[0] : undefined;
  const port = destination.port?.number ?? only ?? context.listenerPort;
  return clusterName(host, port, destination.subset ?? '');
}
