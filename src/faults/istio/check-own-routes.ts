import { isDeepStrictEqual } from 'node:util';
import { type Finding, finding } from '../../model/finding.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import { describeObject } from '../../undo/describe.ts';
import { isRouteOf } from '../../undo/routes.ts';
import { faultBlock } from './fault-block.ts';
import { blocksTakeAll, nameRoute, routesOf } from './fault-routes.ts';
import type { Named } from './handle.ts';
import type { Proxies } from './narrow.ts';
import { parseRouteName } from './names.ts';
import { isIn } from './object-edit.ts';
import { resolveTargets, type Target, type Wanted } from './targets.ts';
import { type HttpRoute, namespaceOf } from './virtual-service.ts';

/**
 * What became of the routes that an injection wrote: taken out, changed, behind routes of others, or in an object that
 * governs nobody any more. `all` are the VirtualServices as they are; `bare` is what would be written without ours.
 */
export function checkOwnRoutes(
  all: readonly KubernetesObject[],
  bare: readonly Target[],
  objects: readonly Named[],
  wanted: Wanted,
): readonly Finding[] {
  const carriers = all.filter((object) => isIn(object, wanted.mark));
  return [
    ...objects.filter((key) => !carriers.some((object) => isAt(object, key))).map(isOver),
    ...resolveTargets(all, wanted).targets.flatMap((target) => governsInstead(target, objects, wanted)),
    ...carriers.flatMap((object) => [
      ...checkAltered(object, wanted),
      ...checkInFront(object, bare.find(({ before }) => isSame(before, object))?.routes ?? [], wanted),
    ]),
  ];
}

function isOver({ namespace, name }: Named): Finding {
  const where = `VirtualService ${namespace}/${name}`;
  const hint = 'Look who writes to it: a controller, a deployment, a person.';
  return finding('FAULT_OVER', `${where} does not carry the fault any more: somebody took it out.`, where, hint);
}

function governsInstead({ action, before }: Target, objects: readonly Named[], { service }: Wanted): Finding[] {
  if (action === 'create' || objects.some((key) => isAt(before, key))) return [];
  const where = describeObject(before);
  const message = `${where} governs calls to ${service.name} now and carries no fault.`;
  return [finding('OTHER_VIRTUALSERVICE', message, where, 'Sidecars use one VirtualService for a host, the oldest.')];
}

function checkAltered(object: KubernetesObject, { fault, mark }: Wanted): Finding[] {
  const written = faultBlock(fault.spec);
  const changed = routesOf(object).find(
    (route) => isRouteOf(mark.prefix, route) && !isDeepStrictEqual(route.fault, written),
  );
  if (changed === undefined) return [];
  const where = describeObject(object);
  const now = (changed.fault ?? {}) as Readonly<Record<string, { readonly percentage?: unknown } | undefined>>;
  const bare = ['delay', 'abort'].filter((kind) => now[kind] !== undefined && now[kind].percentage === undefined);
  const what =
    bare.length === 0
      ? `is ${JSON.stringify(changed.fault ?? null)} now, and was written as ${JSON.stringify(written)}`
      : `has no percentage for its ${bare.join(' and ')} now, which Istio takes for 0 %`;
  return [finding('FAULT_ALTERED', `In ${where}, the fault ${what}.`, where, 'Look who writes to it.')];
}

/** Routes before ours that take every request, and routes to the service that have no copy of ours before them. */
function checkInFront(object: KubernetesObject, wantCopies: readonly HttpRoute[], wanted: Wanted): Finding[] {
  const { fault, mark, callerNamespaces, service } = wanted;
  const { gateway, from } = fault.spec;
  const proxies: Proxies = { side: gateway ? 'gateway' : 'mesh', callerNamespaces, ...(from && { from }) };
  const routes = routesOf(object);
  const first = routes.findIndex((route) => isRouteOf(mark.prefix, route));
  const where = describeObject(object);
  const hint = 'Istio takes the first route that matches.';
  const all = routes.slice(0, first).findIndex((route) => !isCopy(route, mark.prefix) && blocksTakeAll(route, proxies));
  if (all >= 0) {
    const message = `In ${where}, ${nameRoute(routes[all] as HttpRoute, all)} takes every request before the fault's routes do.`;
    return [finding('ROUTE_IN_FRONT', message, where, hint)];
  }
  return routes.flatMap((route, index) => {
    if (isCopy(route, mark.prefix) || !wantCopies.some((it) => isDeepStrictEqual(it, route))) return [];
    const before = routes.slice(routes.slice(0, index).findLastIndex((it) => !isCopy(it, mark.prefix)) + 1, index);
    if (before.some((it) => isRouteOf(mark.prefix, it))) return [];
    const message = `In ${where}, ${nameRoute(route, index)} leads to ${service.name} and came later: it has no fault.`;
    return [finding('ROUTE_IN_FRONT', message, where, hint)];
  });
}

/** A route of this fault, or of another fault of a run. */
function isCopy(route: HttpRoute, prefix: string): boolean {
  return isRouteOf(prefix, route) || (route.name !== undefined && parseRouteName(route.name) !== undefined);
}

function isAt(object: KubernetesObject, { namespace, name }: Named): boolean {
  return object.metadata.name === name && namespaceOf(object) === namespace;
}

function isSame(a: KubernetesObject, b: KubernetesObject): boolean {
  return isAt(a, { namespace: namespaceOf(b), name: b.metadata.name });
}
