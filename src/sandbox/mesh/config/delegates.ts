import { mergeBlocks } from './merge-match.ts';
import type { HttpRouteSpec, MatchBlock, VirtualService } from './objects.ts';
import { exportedTo, namespaceOf } from './virtual-services.ts';

/** An HTTP route and the namespace in which its short host names resolve. */
export interface OwnedRoute {
  readonly spec: HttpRouteSpec;
  readonly namespace: string;
}

/**
 * The HTTP routes of a VirtualService with each delegate's routes in place of the route that names it. A delegate that
 * does not exist drops its root route, and a delegate's match that contradicts the root's drops that route.
 */
export function routesWithDelegates(root: VirtualService, all: readonly VirtualService[]): OwnedRoute[] {
  const namespace = namespaceOf(root);
  return (root.spec?.http ?? []).flatMap((spec) => {
    if (spec.delegate === undefined) return [{ spec, namespace }];
    const delegate = findDelegate(spec.delegate, namespace, all);
    if (delegate === undefined) return [];
    return (delegate.spec?.http ?? [])
      .filter((leaf) => leaf.delegate === undefined)
      .flatMap((leaf) => underRoot(spec, leaf))
      .map((merged) => ({ spec: merged, namespace: namespaceOf(delegate) }));
  });
}

function findDelegate(
  reference: NonNullable<HttpRouteSpec['delegate']>,
  rootNamespace: string,
  all: readonly VirtualService[],
): VirtualService | undefined {
  const namespace = reference.namespace ?? rootNamespace;
  return all.find(
    (candidate) =>
      candidate.metadata.name === reference.name &&
      namespaceOf(candidate) === namespace &&
      (candidate.spec?.hosts ?? []).length === 0 &&
      exportedTo(candidate.spec?.exportTo, namespace, rootNamespace),
  );
}

function underRoot(root: HttpRouteSpec, leaf: HttpRouteSpec): HttpRouteSpec[] {
  const match = crossed(root.match, leaf.match);
  if (match === undefined) return [];
  const name = [root.name, leaf.name].filter(Boolean).join('-');
  const inherited: HttpRouteSpec = {
    timeout: root.timeout,
    retries: root.retries,
    fault: root.fault,
    mirror: root.mirror,
    mirrorPercentage: root.mirrorPercentage,
    mirrorPercent: root.mirrorPercent,
    headers: root.headers,
    rewrite: root.rewrite,
  };
  return [{ ...inherited, ...definedOnly(leaf), ...(name === '' ? {} : { name }), match }];
}

/** Every block of the one with every block of the other; undefined when they all contradict each other. */
function crossed(
  root: readonly MatchBlock[] | undefined,
  leaf: readonly MatchBlock[] | undefined,
): readonly MatchBlock[] | undefined {
  if (root === undefined || root.length === 0) return leaf ?? [];
  if (leaf === undefined || leaf.length === 0) return root;
  const blocks = root.flatMap((one) => leaf.flatMap((other) => mergeBlocks(one, other) ?? []));
  return blocks.length === 0 ? undefined : blocks;
}

function definedOnly(spec: HttpRouteSpec): HttpRouteSpec {
  return Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined && value !== null));
}
