import { recoverCommand } from '../../cluster/cluster.ts';
import type { Experiment } from '../../model/experiment.ts';
import type { IstioFault, IstioFaultSpec } from '../../model/fault.ts';
import { type Finding, finding } from '../../model/finding.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import type { FaultPlan, FaultReach } from '../../model/plan.ts';
import { describeObject } from '../../undo/describe.ts';
import { objectChange } from '../../undo/diff.ts';
import type { DriverContext, PreparedFault } from '../driver.ts';
import { RIGHTS_HINT } from '../missing-rights.ts';
import { listNames, named } from './callers.ts';
import { checkPath } from './check-path.ts';
import { checkRights, mayListRules } from './check-rights.ts';
import { MOST_PODS } from './evidence.ts';
import { examine } from './examine.ts';
import { faultFlags } from './fault-block.ts';
import { encodeHandle, type Watch } from './handle.ts';
import { parseServiceName, type ServiceName } from './host.ts';
import { isEmptyMatch } from './match.ts';
import { recordId, routePrefix } from './names.ts';
import { ISTIO_GROUP, RULES } from './reading.ts';
import { type Question, readSurvey } from './survey.ts';
import { type Apart, tellApart } from './tell-apart.ts';
import { deleteByHand, takeOutByHand } from '../../undo/by-hand.ts';
import type { ObjectMemory } from '../../undo/object-memory.ts';
import type { Resolution, Target, Wanted } from './targets.ts';

/** Reads what the fault will meet and works out what it will write; nothing is touched. */
export async function prepareFault(
  run: string,
  fault: IstioFault,
  experiment: Experiment,
  context: DriverContext,
  memory: ObjectMemory,
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
  return prepareOn(draft, experiment, context, memory);
}

async function prepareOn(
  draft: Draft,
  experiment: Experiment,
  context: DriverContext,
  memory: ObjectMemory,
): Promise<PreparedFault<IstioFaultSpec>> {
  const { fault } = draft;
  const read = await readSurvey(questionOf(fault, experiment), context);
  const survey = { ...read, virtualServices: read.virtualServices.map(memory.withOurMarks) };
  const examined = examine(draft, survey);
  const { wanted, callers, targets, done, findings } = examined;
  const pods = named(callers.meshed);
  const rights = await checkRights(targets, pods, fault.proof !== undefined, context);
  const reach = reachOf(survey.service);
  return assemble({ ...draft, ...wanted, reach }, targets, { pods, podsIn: survey.podsIn }, context, [
    ...findings,
    ...checkPath(draft, experiment, survey, examined),
    ...done.map((object) => alreadyIn(object, wanted)),
    ...rights,
  ]);
}

/** Whose calls a fault is about. */
export function questionOf({ spec }: IstioFault, { namespace }: Experiment): Question {
  const { from, gateway } = spec;
  return { service: parseServiceName(spec.service, namespace), namespace, gateway, ...(from && { from }) };
}

/** The pods that carry the fault, and how they are found again. */
type Carriers = Pick<Watch, 'pods' | 'podsIn'>;

type Draft = Wanted & { readonly apart: Apart; readonly reach?: FaultReach };

const noCallers: Carriers = { pods: [], podsIn: [] };

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
  callers: Carriers,
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

/** What stands for the workload is its Service: the fault is not in its pods. */
function reachOf(service: KubernetesObject | undefined): FaultReach {
  if (service === undefined) return { workloads: [] };
  return { workloads: [{ name: describeObject(service), labels: service.metadata.labels ?? {} }] };
}

function watchOf({ fault, service, apart }: Draft, callers: Carriers): Watch | null {
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
  { fault, mark, service, callerNamespaces, reach }: Draft,
  targets: Resolution['targets'],
  { pods }: Carriers,
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
        action === 'create' ? deleteByHand(cluster, RULES, before) : takeOutByHand(cluster, RULES, before, mark.run),
      ),
    ],
    namespaces: [...new Set([service.namespace, ...callerNamespaces])],
    ...(reach !== undefined && { reach }),
  };
}

/** A VirtualService to be created has a name of its own in every run, so the service's name is locked. */
function lockKey({ action, before }: Target, service: ServiceName): string {
  return `vs:${before.metadata.namespace ?? ''}/${action === 'create' ? service.name : before.metadata.name}`;
}
