import type { Experiment } from '../../model/experiment.ts';
import type { ChaosBladeFaultSpec, Fault } from '../../model/fault.ts';
import { type Finding, finding } from '../../model/finding.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import type { DriverContext } from '../driver.ts';
import { experimentsOf, matcherOf } from './blade-object.ts';
import { isTc } from './catalogue.ts';
import { describeBlade } from './handle.ts';
import type { Operator } from './operator.ts';
import { resolveSelection } from './resolve.ts';
import { BLADE_GROUP, BLADES, listAll } from './resources.ts';
import { readStatus } from './status.ts';
import { type BladeTarget, describeTarget, targetOf } from './targets.ts';
import { faultTime, timeoutOf } from './timeout.ts';

/** Who is asked about, and whose devices they are. */
export interface Claim {
  readonly fault: Fault<ChaosBladeFaultSpec>;
  readonly targets: readonly BladeTarget[];
  /** Of the resource that carries it, which is no conflict. */
  readonly name: string;
}

/** A device has one root queueing discipline: a second fault on it fails, and its failing ends the first one silently. */
export async function checkConflicts(
  claim: Claim,
  experiment: Experiment,
  operator: Operator | undefined,
  context: DriverContext,
): Promise<readonly Finding[]> {
  if (!isTc(claim.fault.spec)) return [];
  const [blades, neighbours] = await Promise.all([
    listAll(context, BLADE_GROUP, BLADES),
    otherFaults(claim, experiment, operator, context),
  ]);
  return [...blades.flatMap((blade) => conflictWith(blade, claim)), ...neighbours];
}

function conflictWith(blade: KubernetesObject, { fault, targets, name }: Claim): Finding[] {
  if (blade.metadata.name === name || readStatus(blade).phase === 'Destroyed') return [];
  const device = fault.spec.flags['interface'];
  const rivals = experimentsOf(blade).filter(
    ({ target = '', action = '', ...rest }) => isTc({ target, action }) && matcherOf(rest, 'interface') === device,
  );
  const hit = rivals.flatMap((rival) => targets.filter((target) => mayHit(blade, rival, target)));
  const [first] = hit;
  if (first === undefined) return [];
  const { phase } = readStatus(blade);
  const message = `${describeBlade(blade.metadata.name)} (${phase || 'not looked at yet'}) shapes ${device} of ${first.name} already.`;
  const hint = `See \`kubectl get blade ${blade.metadata.name} -o yaml\`; a second fault on the device would end it.`;
  return [finding('DEVICE_TAKEN', message, describeBlade(blade.metadata.name), hint)];
}

/** By its status where it has one, else by its selection. */
function mayHit(
  blade: KubernetesObject,
  rival: Parameters<typeof matcherOf>[0] & { scope?: string },
  target: BladeTarget,
): boolean {
  if ((rival.scope === 'node') !== (target.kind === 'node')) return false;
  const { targets } = readStatus(blade);
  if (targets.length > 0) return targets.some((status) => targetOf(status, [target]) !== undefined);
  const names = matcherOf(rival, 'names');
  const namespace = matcherOf(rival, 'namespace') ?? 'default';
  if (target.kind === 'pod' && namespace !== target.namespace) return false;
  // Without names nobody knows yet whom the operator will pick.
  return names === undefined || names.split(',').includes(target.name);
}

/** Earlier faults of the same file that are in at the same time. */
async function otherFaults(
  { fault, targets }: Claim,
  experiment: Experiment,
  operator: Operator | undefined,
  context: DriverContext,
): Promise<Finding[]> {
  const earlier = experiment.faults.slice(0, Math.max(0, experiment.faults.indexOf(fault)));
  const rivals = earlier.flatMap(({ spec, ...rest }) =>
    spec.driver === 'chaosblade' && isRival(fault, { spec, ...rest }, experiment) ? [{ spec, ...rest }] : [],
  );
  const found = await Promise.all(
    rivals.map(async ({ name, spec }) => {
      const namespace = spec.select.namespace ?? experiment.namespace;
      const { candidates } = (await resolveSelection(spec, namespace, operator, context)).expected;
      const both = targets.find((target) => candidates.some((it) => describeTarget(it) === describeTarget(target)));
      if (both === undefined) return [];
      const message = `Faults "${name}" and "${fault.name}" both shape ${spec.flags['interface']} of ${both.name}, which takes one at a time.`;
      const hint = 'Let one end before the other starts, or use one fault for both.';
      return [finding('DEVICE_TAKEN', message, fault.name, hint)];
    }),
  );
  return found.flat();
}

function isRival(one: Fault<ChaosBladeFaultSpec>, other: Fault<ChaosBladeFaultSpec>, experiment: Experiment): boolean {
  const [a, b] = [one.spec, other.spec];
  if (!isTc(b) || (a.scope === 'node') !== (b.scope === 'node')) return false;
  if (a.flags['interface'] !== b.flags['interface']) return false;
  const end = (fault: Fault<ChaosBladeFaultSpec>): number => fault.startAfter + claimedFor(fault, experiment);
  return one.startAfter < end(other) && other.startAfter < end(one);
}

/**
 * In a pod the timer of an earlier fault still fires after it was taken back, and would end a later one.
 * Source: chaosblade-exec-cri, destroy without uid.
 */
function claimedFor(fault: Fault<ChaosBladeFaultSpec>, experiment: Experiment): number {
  return fault.spec.scope === 'node' ? faultTime(fault, experiment) : timeoutOf(fault, experiment);
}
