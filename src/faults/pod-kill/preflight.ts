import { describeRef } from '../../model/describe-ref.ts';
import type { Experiment } from '../../model/experiment.ts';
import type { Fault, PodKillFaultSpec } from '../../model/fault.ts';
import type { Finding } from '../../model/finding.ts';
import type { FaultPlan, FaultReach } from '../../model/plan.ts';
import { refOf } from '../../undo/describe.ts';
import type { DriverContext, PreparedFault } from '../driver.ts';
import { podReach } from '../pod-reach.ts';
import { checkBudgets } from './budgets.ts';
import { checkOwnerRights, checkPodRights } from './check-rights.ts';
import { checkSelection, checkVictims } from './check-victims.ts';
import { countOf, draw, seedOf } from './draw.ts';
import { encodeHandle, type OwnerId } from './handle.ts';
import type { Owner } from './owners.ts';
import { type Candidate, distinctOwners, idOf, isAskedBy, listPods, survey, type Survey } from './survey.ts';

/** Finds the pods, draws those that will be killed, and says what their owners will have left; nothing is touched. */
export async function prepareFault(
  run: string,
  fault: Fault<PodKillFaultSpec>,
  experiment: Experiment,
  context: DriverContext,
): Promise<PreparedFault<PodKillFaultSpec>> {
  const { spec } = fault;
  const namespace = spec.namespace ?? experiment.namespace;
  const seed = spec.seed ?? seedOf(run, fault.name);
  const draft = { run, fault, experiment, namespace, seed };
  const rights = await missingRights(spec, namespace, context);
  if (rights.length > 0) return assemble(draft, undefined, [], rights);
  const found = await survey(spec, namespace, context);
  const victims = draw(found.candidates, countOf(spec.take, found.candidates.length), seed);
  const findings = [
    ...checkSelection(fault, found),
    ...checkVictims(fault, victims),
    ...(await checkBudgets(namespace, victims, context)),
  ];
  return assemble(draft, found, victims, findings);
}

async function missingRights(
  spec: PodKillFaultSpec,
  namespace: string,
  context: DriverContext,
): Promise<readonly Finding[]> {
  const missing = await checkPodRights(namespace, context);
  if (missing.length > 0) return missing;
  const pods = await listPods(namespace, context);
  return checkOwnerRights(pods.filter(isAskedBy(spec)), namespace, context);
}

interface Draft {
  readonly run: string;
  readonly fault: Fault<PodKillFaultSpec>;
  readonly experiment: Experiment;
  readonly namespace: string;
  readonly seed: number;
}

function assemble(
  { run, fault, experiment, namespace, seed }: Draft,
  found: Survey | undefined,
  victims: readonly Candidate[],
  findings: readonly Finding[],
): PreparedFault<PodKillFaultSpec> {
  // Those that a round may kill, not only those that the first one does.
  const candidates = found?.candidates ?? [];
  const owners = distinctOwners(candidates).map(ownerId);
  const bare = candidates.filter(({ owner }) => owner === undefined).map(({ pod }) => pod.metadata.name);
  const isDrawn = victims.length < candidates.length || fault.spec.every !== undefined;
  const drawn = `, drawn with seed ${seed}`;
  const plan: FaultPlan = {
    fault: fault.name,
    driver: 'pod-kill',
    targets: victims.map((victim) => `${describe(victim, victims)}${isDrawn ? drawn : ''}`),
    lockKeys: [...owners.map(({ name }) => name), ...bare].map((name) => `pods:${namespace}/${name}`),
    changes: victims.map(({ pod }) => ({ verb: 'delete', object: refOf(pod), diff: '' })),
    // No command takes a kill back.
    undoCommands: [],
    namespaces: [namespace],
    ...(found !== undefined && { reach: reachOf(fault, found, experiment) }),
  };
  const handle = encodeHandle(run, fault.name, {
    seed,
    drawn: isDrawn,
    namespace,
    victims: victims.map(({ pod }) => idOf(pod)),
    owners,
  });
  return { fault, handle, findings, plan };
}

/** Each round may kill others: those of the round before need not be back. */
function reachOf(
  { spec, duration, startAfter }: Fault<PodKillFaultSpec>,
  { candidates, pods }: Survey,
  { phases }: Experiment,
): FaultReach {
  const time = duration ?? Math.max(0, phases.fault - startAfter);
  const rounds = spec.every === undefined ? 1 : 1 + Math.ceil(time / spec.every);
  const take = Math.min(candidates.length, rounds * countOf(spec.take, candidates.length));
  return podReach(
    candidates.map(({ pod }) => pod),
    take,
    pods,
  );
}

function ownerId({ apiVersion, kind, namespace, name, uid, desired, ready }: Owner): OwnerId {
  return { apiVersion, kind, namespace, name, uid, desired, ready };
}

/** `Pod default/reviews-v2-abc (1 of 3 ready replicas of Deployment default/reviews-v2)`. */
function describe({ pod, owner }: Candidate, victims: readonly Candidate[]): string {
  const { namespace = '', name } = pod.metadata;
  if (owner === undefined) return `Pod ${namespace}/${name} (nothing replaces it)`;
  const taken = victims.filter((other) => other.owner?.uid === owner.uid).length;
  return `Pod ${namespace}/${name} (${taken} of ${owner.ready} ready replicas of ${describeRef(owner)})`;
}
