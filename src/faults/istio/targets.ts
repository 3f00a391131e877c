import { HoldfastError } from '../../model/errors.ts';
import type { IstioFault } from '../../model/fault.ts';
import { type Finding, finding } from '../../model/finding.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import { describeObject } from '../../undo/describe.ts';
import { findRecord, heldByAnother, recordsOf } from '../../undo/marks.ts';
import { aimInDelegate } from './delegate-aim.ts';
import { faultBlock } from './fault-block.ts';
import { decideRoutes, nameRoute, type RouteFate, routesOf } from './fault-routes.ts';
import { gatewayCandidates, laterInGateway, meshCandidates } from './governing.ts';
import type { ServiceName } from './host.ts';
import type { Aim } from './narrow.ts';
import { foreignRoutes, insertCopies, plainVirtualService, type Mark } from './object-edit.ts';
import { boundGateways, type HttpRoute, isMeshBound } from './virtual-service.ts';

/** One fault, and whose requests it is for. */
export interface Wanted {
  readonly fault: IstioFault;
  readonly mark: Mark;
  readonly service: ServiceName;
  readonly callerNamespaces: readonly string[];
  /** Of VirtualServices that have to be created. */
  readonly apiVersion: string;
}

/** One VirtualService to write. */
export interface Target {
  readonly action: 'create' | 'edit';
  /** As read; for a creation, what will be there without the fault. */
  readonly before: KubernetesObject;
  readonly after: KubernetesObject;
  /** The routes that got a copy. */
  readonly routes: readonly HttpRoute[];
}

export interface Resolution {
  readonly targets: readonly Target[];
  /** Objects that carry this fault already. */
  readonly done: readonly KubernetesObject[];
  readonly findings: readonly Finding[];
}

/** Everything collected on the way through roots and delegates. */
interface Walk {
  readonly all: readonly KubernetesObject[];
  readonly wanted: Wanted;
  readonly copies: Map<KubernetesObject, Map<HttpRoute, HttpRoute>>;
  readonly done: KubernetesObject[];
  readonly findings: Finding[];
  readonly skipped: string[];
  /** Warnings that do not keep the fault from going anywhere. */
  readonly notes: Finding[];
}

/** Works out from all VirtualServices of the cluster which ones to write, and what. Reads and writes nothing. */
export function resolveTargets(all: readonly KubernetesObject[], wanted: Wanted): Resolution {
  const { roots, missing } = rootsFor(all, wanted);
  const plain = missing ? plainVirtualService(wanted.service, wanted.mark.run, wanted.apiVersion) : undefined;
  const walk: Walk = { all, wanted, copies: new Map(), done: [], findings: [], skipped: [], notes: [] };
  for (const root of plain === undefined ? roots : [...roots, plain]) {
    if (isFree(root, walk)) collect(root, aimAt(root, walk), false, walk);
  }
  const targets = [...walk.copies].flatMap(([before, copies]) => targetOf(before, copies, plain, walk));
  const { done, findings } = walk;
  const nothing = targets.length + done.length + findings.length === 0;
  return { targets, done, findings: [...(nothing ? [noRoute(roots, wanted, walk.skipped)] : findings), ...walk.notes] };
}

function targetOf(
  before: KubernetesObject,
  copies: ReadonlyMap<HttpRoute, HttpRoute>,
  plain: KubernetesObject | undefined,
  { wanted, findings }: Walk,
): Target[] {
  try {
    const after = insertCopies(before, copies, wanted.mark, wanted.fault.spec.delay?.fixedDelay ?? 0);
    return [{ action: before === plain ? 'create' : 'edit', before, after, routes: [...copies.keys()] }];
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    findings.push(finding('OBJECT_UNFIT', error.message, describeObject(before), error.details.hint));
    return [];
  }
}

function rootsFor(all: readonly KubernetesObject[], wanted: Wanted): { roots: KubernetesObject[]; missing: boolean } {
  const { service, fault, callerNamespaces } = wanted;
  if (fault.spec.gateway) return { roots: [...gatewayCandidates(all, service)], missing: false };
  const governing = callerNamespaces.map((namespace) => meshCandidates(all, service, namespace)[0]);
  const roots = [...new Set(governing.filter((object) => object !== undefined))];
  return { roots, missing: governing.includes(undefined) };
}

function aimAt(root: KubernetesObject, { all, wanted }: Walk): Aim {
  const { fault, callerNamespaces } = wanted;
  const { gateway, match, from } = fault.spec;
  const gateways = boundGateways(root);
  return {
    side: gateway ? 'gateway' : 'mesh',
    match,
    ...(from && { from }),
    callerNamespaces,
    otherBindings: isMeshBound(root) ? gateways : [],
    laterRules: gateway ? laterInGateway(all, root).map((object) => describeObject(object)) : [],
  };
}

function collect(object: KubernetesObject, aim: Aim, isDelegate: boolean, walk: Walk, inheritsFault = false): void {
  const { all, wanted } = walk;
  const { spec } = wanted.fault;
  const question = {
    all,
    object,
    routes: foreignRoutes(object),
    service: wanted.service,
    aim,
    replace: spec.replace,
    inheritsFault,
    fault: faultBlock(spec),
  };
  const isDone = findRecord(object, wanted.mark) !== undefined;
  if (isDone) walk.done.push(object);
  for (const [index, fate] of decideRoutes(question).entries()) {
    // Istio follows one level only.
    if (fate.kind === 'delegate' && !isDelegate) collectDelegate(object, fate, aim, walk);
    else if (fate.kind !== 'delegate' && !isDone) file(object, fate, index, walk);
  }
}

function file(
  object: KubernetesObject,
  fate: Exclude<RouteFate, { kind: 'delegate' }>,
  index: number,
  walk: Walk,
): void {
  const where = describeObject(object);
  const name = nameRoute(fate.route, index);
  if (fate.kind === 'refuse') walk.findings.push(finding(fate.code, `In ${where}, ${name}: ${fate.reason}.`, where));
  else if (fate.kind === 'skip') {
    walk.skipped.push(`${name}: ${fate.reason}`);
    if (fate.shadowed)
      walk.notes.push(finding('ROUTE_SHADOWED', `In ${where}, ${name} is never used: ${fate.reason}.`, where));
  }
  if (fate.kind === 'copy')
    walk.copies.set(object, (walk.copies.get(object) ?? new Map<HttpRoute, HttpRoute>()).set(fate.route, fate.copy));
}

function collectDelegate(
  root: KubernetesObject,
  { route, delegate }: Extract<RouteFate, { kind: 'delegate' }>,
  aim: Aim,
  walk: Walk,
): void {
  const where = describeObject(delegate);
  const users = walk.all.filter(
    (object) => object !== root && routesOf(object).some((it) => names(object, it, delegate)),
  );
  const inside = aimInDelegate(route, routesOf(delegate), aim);
  if (inside.kind === 'skip') walk.skipped.push(`${where}: ${inside.reason}`);
  else if (inside.kind === 'refuse') {
    const message = `The fault cannot go into delegate ${where}: ${inside.reason}.`;
    walk.findings.push(finding('MATCH_UNCLEAR', message, where));
  } else if (users.length > 0) {
    const list = users.map((user) => describeObject(user)).join(', ');
    const message = `${where} is a delegate that ${list} uses too, so a fault there would hit requests of others.`;
    walk.findings.push(finding('DELEGATE_SHARED', message, where, 'Give the delegate to one VirtualService only.'));
  } else if (isFree(delegate, walk)) collect(delegate, inside.aim, true, walk, route.fault !== undefined);
}

function names(root: KubernetesObject, { delegate: named }: HttpRoute, delegate: KubernetesObject): boolean {
  const namespace = named?.namespace ?? root.metadata.namespace;
  return named?.name === delegate.metadata.name && namespace === delegate.metadata.namespace;
}

/** Whether no other run holds the object. */
function isFree(object: KubernetesObject, { wanted, findings }: Walk): boolean {
  const where = describeObject(object);
  try {
    const other = recordsOf(object).find((record) => record.run !== wanted.mark.run);
    if (other !== undefined) throw heldByAnother(object, other.run);
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    findings.push(finding('FOREIGN_RECORD', error.message, where, error.details.hint));
    return false;
  }
  return true;
}

function noRoute(roots: readonly KubernetesObject[], { fault, service }: Wanted, skipped: readonly string[]): Finding {
  const name = `${service.name}.${service.namespace}`;
  if (roots.length === 0) {
    const hint = 'Leave out `gateway: true` to fault calls inside the mesh.';
    return finding('NO_GATEWAY_ROUTE', `No VirtualService bound to a gateway has a route to ${name}.`, undefined, hint);
  }
  const where = describeObject(roots[0] as KubernetesObject);
  const reasons = skipped.length === 0 ? 'it has no HTTP routes' : skipped.join('; ');
  const who = fault.spec.from === undefined ? 'these requests' : 'requests of these callers';
  return finding('NO_ROUTE', `No route of ${where} leads ${who} to ${name}: ${reasons}.`, where);
}
