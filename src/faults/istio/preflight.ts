import { recoverCommand } from '../../cluster/cluster.ts';
import type { Experiment } from '../../model/experiment.ts';
import type { IstioFault, IstioFaultSpec } from '../../model/fault.ts';
import type { Finding } from '../../model/finding.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import type { FaultPlan } from '../../model/plan.ts';
import { describeObject } from '../../undo/describe.ts';
import { objectChange } from '../../undo/diff.ts';
import type { DriverContext, PreparedFault } from '../driver.ts';
import { RIGHTS_HINT } from '../missing-rights.ts';
import { type Callers, gatewayCallers, listNames, meshCallers } from './callers.ts';
import { checkRights, mayListRules } from './check-rights.ts';
import { checkRules } from './check-rules.ts';
import { checkService } from './check-service.ts';
import { MOST_PODS } from './evidence.ts';
import { faultFlags } from './fault-block.ts';
import { finding } from './findings.ts';
import { gatewayCandidates } from './governing.ts';
import { encodeHandle, type Watch } from './handle.ts';
import { parseServiceName, type ServiceName } from './host.ts';
import { deleteCommand, editCommand } from './leftovers.ts';
import { isEmptyMatch } from './match.ts';
import { recordId, routePrefix } from './names.ts';
import { ifAllowed, ISTIO_GROUP, listObjects, readObject } from './reading.ts';
import { type Apart, tellApart } from './tell-apart.ts';
import { type Resolution, resolveTargets, type Target, type Wanted } from './targets.ts';

/** Reads what the fault will meet and works out what it will write; nothing is touched. */
export async function prepareFault(
  run: string,
  fault: IstioFault,
  experiment: Experiment,
  context: DriverContext,
): Promise<PreparedFault<IstioFaultSpec>> {
  const name = parseServiceName(fault.spec.service, experiment.namespace);
  const resource = await context.cluster.resource(ISTIO_GROUP, 'virtualservices', { signal: context.signal });
  const apiVersion = `${ISTIO_GROUP}/${resource?.version ?? 'v1'}`;
  const mark = { run, id: recordId(fault.name), prefix: routePrefix(run, fault.name) };
  const apart = tellApart(fault, experiment);
  const draft = { fault, mark, service: name, callerNamespaces: [experiment.namespace], apiVersion, apart };
  if (resource === undefined) {
    return assemble(draft, [], noCallers, context, [
      finding('ISTIO_MISSING', `${context.cluster.context} serves no VirtualServices: Istio is not installed.`),
    ]);
  }
  if (!(await mayListRules(context))) {
    const message = 'This identity may not list virtualservices in all namespaces; any of them may govern the host.';
    return assemble(draft, [], noCallers, context, [finding('NO_RIGHTS', message, undefined, RIGHTS_HINT)]);
  }
  return prepareOn(draft, experiment, context);
}

async function prepareOn(
  draft: Draft,
  experiment: Experiment,
  context: DriverContext,
): Promise<PreparedFault<IstioFaultSpec>> {
  const { fault, service: name } = draft;
  const [all, service, slices, rules] = await Promise.all([
    listObjects(context, ISTIO_GROUP, 'virtualservices'),
    readObject(context, '', 'services', name),
    listObjects(context, 'discovery.k8s.io', 'endpointslices', {
      namespace: name.namespace,
      labelSelector: `kubernetes.io/service-name=${name.name}`,
    }),
    ifAllowed(listObjects(context, ISTIO_GROUP, 'destinationrules')),
  ]);
  const callers = fault.spec.gateway
    ? await gatewayCallers(gatewayCandidates(all, name), context)
    : await meshCallers(fault, experiment.namespace, service, context);
  const wanted = { ...draft, callerNamespaces: fault.spec.gateway ? [] : callers.namespaces };
  const { targets, done, findings } = resolveTargets(all, wanted);
  const rights = await checkRights(targets, callers.pods, fault.proof !== undefined, context);
  return assemble(wanted, targets, callers, context, [
    ...checkService(fault.spec, name, service, slices),
    ...callers.findings,
    ...findings,
    ...done.map((object) => alreadyIn(object, wanted)),
    ...checkRules(fault.spec, name, wanted.callerNamespaces, all, rules, targets),
    ...rights,
  ]);
}

type Draft = Wanted & { readonly apart: Apart };

const noCallers: Callers = { pods: [], podsIn: [], namespaces: [], findings: [] };

function alreadyIn(object: KubernetesObject, { fault, mark }: Wanted): Finding {
  const message = `${describeObject(object)} carries fault "${fault.name}" of this run already.`;
  return finding(
    'FOREIGN_RECORD',
    message,
    describeObject(object),
    `\`holdfast recover --run ${mark.run}\` takes it back.`,
  );
}

function assemble(
  wanted: Draft,
  targets: Resolution['targets'],
  callers: Callers,
  context: DriverContext,
  findings: readonly Finding[],
): PreparedFault<IstioFaultSpec> {
  const { fault, mark, service, callerNamespaces, apiVersion } = wanted;
  const handle = encodeHandle(mark.run, fault.name, {
    id: mark.id,
    prefix: mark.prefix,
    objects: targets.map(({ before }) => ({ namespace: before.metadata.namespace ?? '', name: before.metadata.name })),
    lingerMs: fault.spec.delay?.fixedDelay ?? 0,
    aim: { service: { ...service }, callerNamespaces, apiVersion },
    watch: watchOf(wanted, callers),
  });
  return { fault, handle, findings, plan: planOf(wanted, targets, callers, context) };
}

function watchOf({ fault, service, apart }: Draft, callers: Callers): Watch | null {
  const { match, delay, abort } = fault.spec;
  const isAlways = delay?.percentage === 100 || abort?.percentage === 100;
  const everyMatching = isEmptyMatch(match) ? 'all' : 'matching';
  return {
    service: { ...service },
    flags: faultFlags(fault.spec),
    ...apart,
    hits: isAlways ? everyMatching : 'some',
    pods: callers.pods.slice(0, MOST_PODS),
    podsIn: callers.podsIn,
  };
}

function planOf(
  { fault, mark, service }: Wanted,
  targets: Resolution['targets'],
  { pods }: Callers,
  { cluster }: DriverContext,
): FaultPlan {
  const proxies = pods.length === 0 ? 'no caller proxies' : `caller proxies: ${listNames(pods)}`;
  const watched = pods.length > MOST_PODS ? `; counters of ${MOST_PODS} of ${pods.length} are read` : '';
  return {
    fault: fault.name,
    driver: 'istio',
    targets: targets.map(({ before }) => `${describeObject(before)} (${proxies}${watched})`),
    lockKeys: [...new Set(targets.map((target) => lockKey(target, service)))],
    changes: targets.map(({ action, before, after }) => objectChange(action === 'create' ? undefined : before, after)),
    undoCommands: [
      recoverCommand(cluster, mark.run),
      ...targets.map(({ action, before }) =>
        action === 'create' ? deleteCommand(cluster, before) : editCommand(cluster, before, mark.run),
      ),
    ],
  };
}

/** A VirtualService to be created has a name of its own in every run, so the service's name is locked. */
function lockKey({ action, before }: Target, service: ServiceName): string {
  return `vs:${before.metadata.namespace ?? ''}/${action === 'create' ? service.name : before.metadata.name}`;
}
