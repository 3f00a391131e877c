import { recoverCommand } from '../../cluster/cluster.ts';
import type { Experiment } from '../../model/experiment.ts';
import type { ChaosBladeFaultSpec, Fault } from '../../model/fault.ts';
import { type Finding, finding } from '../../model/finding.ts';
import type { FaultPlan } from '../../model/plan.ts';
import { objectChange } from '../../undo/diff.ts';
import type { DriverContext, PreparedFault } from '../driver.ts';
import { bladeName, bladeObject } from './blade-object.ts';
import { isExec, isTc } from './catalogue.ts';
import { checkPods } from './check-pods.ts';
import { checkPorts } from './check-ports.ts';
import { checkRights } from './check-rights.ts';
import { checkSideEffects } from './check-side-effects.ts';
import { checkTools } from './check-tools.ts';
import { deleteCommand } from './clean-up.ts';
import { checkConflicts } from './conflicts.ts';
import { encodeHandle, type Owner } from './handle.ts';
import { lookUpNodePort } from './node-port.ts';
import { checkOperator, findOperator } from './operator.ts';
import { type Resolution, resolveSelection } from './resolve.ts';
import { BLADE_GROUP, BLADES } from './resources.ts';
import { describeTarget } from './targets.ts';
import { timeoutOf } from './timeout.ts';

/** A fault on its way to its resource. */
interface Draft {
  readonly run: string;
  readonly fault: Fault<ChaosBladeFaultSpec>;
  readonly experiment: Experiment;
  readonly namespace: string;
  readonly version: string;
}

/** Reads whom the fault will hit and whether the operator can; nothing is touched. */
export async function prepareFault(
  run: string,
  fault: Fault<ChaosBladeFaultSpec>,
  experiment: Experiment,
  context: DriverContext,
): Promise<PreparedFault<ChaosBladeFaultSpec>> {
  const { cluster, signal } = context;
  const resource = await cluster.resource(BLADE_GROUP, BLADES, { signal });
  const namespace = fault.spec.select.namespace ?? experiment.namespace;
  const draft = { run, fault, experiment, namespace, version: resource?.version ?? 'v1alpha1' };
  if (resource === undefined || resource.subresources?.includes('status') === false) {
    return assemble(draft, nothing, [], [bladeMissing(resource !== undefined, cluster.context)], context);
  }
  const rights = await checkRights(fault.spec, context);
  if (rights.length > 0) return assemble(draft, nothing, [], rights, context);
  return prepareOn(draft, context);
}

const nothing: Resolution = { expected: { candidates: [], take: 0 }, pods: [], findings: [] };

function bladeMissing(served: boolean, where: string): Finding {
  if (!served) {
    const message = `${where} serves no ChaosBlade resources: the operator is not installed.`;
    return finding('BLADE_MISSING', message, undefined, 'Install the chaosblade-operator chart.');
  }
  const message = `${where} serves ChaosBlade resources without their status: the operator could not write what it did.`;
  const hint = 'The definition is of another version: delete it and install the chart again.';
  return finding('BLADE_MISSING', message, 'CustomResourceDefinition chaosblades.chaosblade.io', hint);
}

async function prepareOn(draft: Draft, context: DriverContext): Promise<PreparedFault<ChaosBladeFaultSpec>> {
  const { run, fault, experiment, namespace } = draft;
  const operator = await findOperator(context);
  const resolution = await resolveSelection(fault.spec, namespace, operator, context);
  const claim = { fault, targets: resolution.expected.candidates, name: bladeName(run, fault.name, experiment.name) };
  const looked = await lookUpNodePort(fault, context);
  const [tools, ports, conflicts, pods] = await Promise.all([
    checkTools(fault.spec, resolution, operator, context),
    checkPorts(looked.fault.spec, context),
    checkConflicts(claim, experiment, operator, context),
    checkPods(fault.spec, resolution, namespace, context),
  ]);
  const findings = [
    ...checkOperator(operator, fault.spec),
    ...resolution.findings,
    ...tools,
    ...looked.findings,
    ...ports,
    ...conflicts,
    ...pods.findings,
    ...checkSideEffects(looked.fault.spec, resolution),
    ...noProof(fault),
  ];
  return assemble({ ...draft, fault: looked.fault }, resolution, pods.owners, findings, context);
}

function noProof({ name, proof, spec }: Fault<ChaosBladeFaultSpec>): Finding[] {
  if (proof !== undefined || (spec.target === 'pod' && spec.action === 'delete')) return [];
  const message = `Fault "${name}" has no proof probe: its status says what the operator tried, not what happens, so the run can only be inconclusive.`;
  const hint = 'Give it a `proof`: a probe that is false without the fault and true with it.';
  return [finding('NO_PROOF_PROBE', message, name, hint)];
}

function assemble(
  draft: Draft,
  { expected, reach }: Resolution,
  owners: readonly Owner[],
  findings: readonly Finding[],
  context: DriverContext,
): PreparedFault<ChaosBladeFaultSpec> {
  const { run, fault, experiment } = draft;
  const { scope, target, action, flags } = fault.spec;
  const handle = encodeHandle(run, fault.name, {
    name: bladeName(run, fault.name, experiment.name),
    scope,
    target,
    action,
    interface: isTc(fault.spec) ? (flags['interface'] ?? null) : null,
    timeoutMs: isExec(fault.spec) ? timeoutOf(fault, experiment) : null,
    candidates: expected.candidates,
    take: expected.take,
    hasProof: fault.proof !== undefined,
    owners,
  });
  return {
    fault,
    handle,
    findings,
    plan: { ...planOf(draft, expected, context), ...(reach !== undefined && { reach }) },
  };
}

function planOf(draft: Draft, { candidates, take }: Resolution['expected'], { cluster }: DriverContext): FaultPlan {
  const { run, fault, experiment, namespace, version } = draft;
  const object = bladeObject(
    { run, name: bladeName(run, fault.name, experiment.name) },
    fault,
    namespace,
    timeoutOf(fault, experiment),
    version,
  );
  const some = take < candidates.length ? `${take} of ` : '';
  return {
    fault: fault.name,
    driver: 'chaosblade',
    targets: some === '' ? candidates.map(describeTarget) : [some + candidates.map(describeTarget).join(', ')],
    lockKeys: lockKeys(fault.spec, candidates),
    changes: [objectChange(undefined, object)],
    undoCommands: [recoverCommand(cluster, run), deleteCommand(cluster, object.metadata.name)],
    ...(fault.spec.scope !== 'node' && { namespaces: [namespace] }),
  };
}

/** Network faults own a device; of the others two of a kind would be in each other's way. */
function lockKeys(spec: ChaosBladeFaultSpec, candidates: Resolution['expected']['candidates']): readonly string[] {
  const { target, action, flags } = spec;
  const what = isTc(spec) ? `/${flags['interface']}` : '';
  const prefix = isTc(spec) ? 'tc' : 'blade';
  const suffix = isTc(spec) ? '' : `/${target}-${action}`;
  return candidates.map(({ kind, namespace, name }) => {
    const path = kind === 'node' ? `node/${name}` : `pod/${namespace}/${name}`;
    return `${prefix}:${path}${what}${suffix}`;
  });
}
