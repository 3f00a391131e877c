import type { JsonObject } from '../../model/json.ts';
import { delegateOf, leadsTo } from './governing.ts';
import type { ServiceName } from './host.ts';
import { isEmptyMatch } from './match.ts';
import { type Aim, isCatchAll, isForProxies, narrowRoute, type Proxies, takesEverything } from './narrow.ts';
import { type HttpRoute, namespaceOf, specOf } from './virtual-service.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';

/** What becomes of one route under a fault. */
export type RouteFate =
  | { readonly kind: 'copy'; readonly route: HttpRoute; readonly copy: HttpRoute }
  | { readonly kind: 'delegate'; readonly route: HttpRoute; readonly delegate: KubernetesObject }
  /** Left alone: it is not for these requests, callers or this service. */
  | { readonly kind: 'skip'; readonly route: HttpRoute; readonly reason: string; readonly shadowed?: true }
  /** Would have to carry the fault, and cannot. */
  | {
      readonly kind: 'refuse';
      readonly route: HttpRoute;
      readonly code: 'FAULT_ON_ROUTE' | 'MATCH_UNCLEAR';
      readonly reason: string;
    };

export interface RouteQuestion {
  readonly all: readonly KubernetesObject[];
  readonly object: KubernetesObject;
  /** The object's routes without ours. */
  readonly routes: readonly HttpRoute[];
  readonly service: ServiceName;
  readonly aim: Aim;
  readonly fault: JsonObject;
  readonly replace: boolean;
  /** The routes of root VirtualServices hand down their own fault. */
  readonly inheritsFault: boolean;
}

/** Decides for every route, in order, whether it gets a copy with the fault in front of it. */
export function decideRoutes(question: RouteQuestion): readonly RouteFate[] {
  let shadowedBy: string | undefined;
  return question.routes.map((route, index) => {
    if (shadowedBy !== undefined) return shadowed(question, route, shadowedBy);
    const fate = decideRoute(question, route);
    if (takesAll(question, route)) shadowedBy = nameRoute(route, index);
    return fate;
  });
}

/** Istio generates nothing after a catch-all, which matters to people where the route was meant for the service. */
function shadowed({ object, service }: RouteQuestion, route: HttpRoute, by: string): RouteFate {
  const reason = `${by} before it takes every request`;
  const isMeant = leadsTo(route, namespaceOf(object), service);
  return { kind: 'skip', route, reason, ...(isMeant && { shadowed: true }) };
}

/** `route "v1"`, or `route 2` when it has no name. */
export function nameRoute(route: HttpRoute, index: number): string {
  return route.name === undefined ? `route ${index + 1}` : `route "${route.name}"`;
}

function decideRoute(question: RouteQuestion, route: HttpRoute): RouteFate {
  const { aim, all, object, service } = question;
  const blocks = route.match ?? [];
  if (blocks.length > 0 && !blocks.some((block) => isForProxies(block, aim))) {
    return { kind: 'skip', route, reason: 'it is for other callers' };
  }
  if (route.delegate !== undefined) {
    const delegate = delegateOf(all, object, route);
    // Istio ignores a route whose delegate is missing.
    if (delegate === undefined) return { kind: 'skip', route, reason: 'its delegate does not exist' };
    return { kind: 'delegate', route, delegate };
  }
  if (route.redirect !== undefined) return { kind: 'skip', route, reason: 'it redirects' };
  if (route.directResponse !== undefined) return { kind: 'skip', route, reason: 'it answers by itself' };
  if (!leadsTo(route, namespaceOf(object), service)) return { kind: 'skip', route, reason: elsewhere(route) };
  return copyRoute(question, route);
}

function copyRoute({ aim, fault, replace, inheritsFault }: RouteQuestion, route: HttpRoute): RouteFate {
  const narrowed = narrowRoute(route, aim);
  if (narrowed.kind === 'never') return { kind: 'skip', route, reason: narrowed.reason };
  const blocks = route.match ?? [];
  if (aim.laterRules.length > 0 && !isEmptyMatch(aim.match) && (blocks.length === 0 || blocks.some(isCatchAll))) {
    const reason = `a narrowed copy of a catch-all would come before the routes of ${aim.laterRules.join(', ')} in the gateway`;
    return { kind: 'refuse', route, code: 'MATCH_UNCLEAR', reason };
  }
  if (narrowed.kind === 'unclear') return { kind: 'refuse', route, code: 'MATCH_UNCLEAR', reason: narrowed.reason };
  if ((route.fault !== undefined || inheritsFault) && !replace) {
    const reason = 'it already carries a fault; `replace: true` replaces it in our copy';
    return { kind: 'refuse', route, code: 'FAULT_ON_ROUTE', reason };
  }
  const { name: _name, match: _match, fault: _fault, ...rest } = route;
  const copy = { ...(narrowed.match && { match: narrowed.match }), fault, ...rest };
  return { kind: 'copy', route, copy };
}

/** A route that delegates takes what its delegate's routes take, and nothing when the delegate is missing. */
function takesAll({ all, object, aim }: RouteQuestion, route: HttpRoute): boolean {
  if (!blocksTakeAll(route, aim)) return false;
  if (route.delegate === undefined) return true;
  const delegate = delegateOf(all, object, route);
  return (
    delegate !== undefined && routesOf(delegate).some((leaf) => leaf.delegate === undefined && blocksTakeAll(leaf, aim))
  );
}

/** Whether a route leaves nothing for those after it, of the requests and proxies aimed at. */
export function blocksTakeAll(route: HttpRoute, aim: Proxies): boolean {
  const blocks = route.match ?? [];
  return blocks.length === 0 || blocks.some((block) => takesEverything(block, aim));
}

function elsewhere(route: HttpRoute): string {
  const hosts = (route.route ?? []).map(({ destination }) => destination?.host ?? '?');
  return hosts.length === 0 ? 'it has no destination' : `it leads to ${[...new Set(hosts)].join(', ')}`;
}

/** Routes of an object as Istio reads them. */
export function routesOf(object: KubernetesObject): readonly HttpRoute[] {
  return specOf(object).http ?? [];
}
