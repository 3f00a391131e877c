import type { HttpMatch } from '../../model/fault.ts';
import { intersectRequests, isEmptyMatch, type Narrowed } from './match.ts';
import { MESH, type HttpRoute, type MatchBlock } from './virtual-service.ts';

/** Which requests, of which proxies, a fault is for. */
export interface Aim {
  readonly side: 'mesh' | 'gateway';
  readonly match: HttpMatch;
  /** Labels of the calling pods; mesh side only. */
  readonly from?: Readonly<Record<string, string>>;
  readonly callerNamespaces: readonly string[];
  /** The gateways that the VirtualService is bound to beside the mesh; empty when it has one kind of binding only. */
  readonly otherBindings: readonly string[];
  /** VirtualServices whose routes a gateway puts after this one's, and before its catch-all. */
  readonly laterRules: readonly string[];
}

/** The proxies aimed at. */
export type Proxies = Pick<Aim, 'side' | 'from' | 'callerNamespaces'>;

/** Whether the proxies aimed at get this block at all; Istio decides that when it generates a proxy's routes. */
export function isForProxies(block: MatchBlock, aim: Proxies): boolean {
  const { gateways = [], sourceLabels = {}, sourceNamespace = '' } = block;
  // With gateways named, Istio looks at nothing else. Source: istio route.go sourceMatchHTTP.
  if (gateways.length > 0) return gateways.some((gateway) => (gateway === MESH) === (aim.side === 'mesh'));
  if (aim.side === 'gateway') return Object.keys(sourceLabels).length === 0 && sourceNamespace === '';
  if (sourceNamespace !== '' && !aim.callerNamespaces.includes(sourceNamespace)) return false;
  return Object.entries(aim.from ?? {}).every(([key, value]) => (sourceLabels[key] ?? value) === value);
}

/** Whether a block puts no condition on requests, to Istio. Source: istio route.go IsCatchAllRoute. */
export function isCatchAll(block: MatchBlock): boolean {
  const { uri, scheme, method, authority, headers, queryParams, withoutHeaders } = block;
  const anyPath = uri === undefined || uri.prefix === '/' || uri.regex === '.*' || Object.keys(uri).length === 0;
  return anyPath && isEmptyMatch({ scheme, method, authority, headers, queryParams, withoutHeaders });
}

/** Whether a block takes every request of every proxy aimed at, so that Istio generates no route after it. */
export function takesEverything(block: MatchBlock, aim: Proxies): boolean {
  const { gateways = [], sourceLabels = {}, sourceNamespace = '', port } = block;
  if (!isCatchAll(block) || port !== undefined || !isForProxies(block, aim)) return false;
  if (gateways.length > 0 || aim.side === 'gateway') return true;
  const [only, ...more] = aim.callerNamespaces;
  const allNamespaces = sourceNamespace === '' || (only === sourceNamespace && more.length === 0);
  return allNamespaces && Object.entries(sourceLabels).every(([key, value]) => aim.from?.[key] === value);
}

/** The match of the copy that carries the fault: the route's own, narrowed; `match` is undefined for "every request". */
export function narrowRoute(route: HttpRoute, aim: Aim): Narrowed<readonly MatchBlock[] | undefined> {
  const blocks = route.match ?? [];
  const narrowed: MatchBlock[] = [];
  const reasons: string[] = [];
  for (const block of blocks.length === 0 ? [{}] : blocks) {
    if (!isForProxies(block, aim)) {
      reasons.push('it is for other callers');
      continue;
    }
    const one = intersectRequests(block, aim.match);
    if (one.kind === 'unclear') return one;
    if (one.kind === 'never') reasons.push(one.reason);
    else narrowed.push(forProxies(one.match, aim));
  }
  if (narrowed.length === 0) return { kind: 'never', reason: reasons.join('; ') };
  const everything = narrowed.every((block) => Object.keys(block).length === 0);
  return { kind: 'match', match: everything && blocks.length === 0 ? undefined : narrowed };
}

/** The block for no other proxies than those aimed at. */
function forProxies(block: MatchBlock, aim: Aim): MatchBlock {
  const { gateways = [], ...rest } = block;
  if (aim.side === 'gateway') {
    if (gateways.length > 0) return { ...block, gateways: gateways.filter((gateway) => gateway !== MESH) };
    return aim.otherBindings.length > 0 ? { ...block, gateways: aim.otherBindings } : block;
  }
  if (aim.from !== undefined) {
    // Labels count only where no gateways are named, and the block's own were without effect beside gateways.
    const { sourceLabels, sourceNamespace: _ignored, ...bare } = rest;
    return gateways.length > 0
      ? { ...bare, sourceLabels: aim.from }
      : { ...rest, sourceLabels: { ...sourceLabels, ...aim.from } };
  }
  if (gateways.length > 0) return { ...block, gateways: [MESH] };
  // Naming the mesh would make Istio ignore source conditions, and those leave gateways out already.
  const hasSource = block.sourceLabels !== undefined || block.sourceNamespace !== undefined;
  return aim.otherBindings.length > 0 && !hasSource ? { ...block, gateways: [MESH] } : block;
}
