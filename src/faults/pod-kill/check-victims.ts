import { describeRef } from '../../model/describe-ref.ts';
import type { Fault, PodKillFaultSpec } from '../../model/fault.ts';
import { type Finding, finding } from '../../model/finding.ts';
import { nearestName } from '../../util/nearest-name.ts';
import { countOf } from './draw.ts';
import { type Candidate, distinctOwners, losingAll, type Survey } from './survey.ts';

/** Whether the pods that were asked for are there, and as many as asked. */
export function checkSelection({ spec }: Fault<PodKillFaultSpec>, found: Survey): readonly Finding[] {
  const { select, take } = spec;
  const { namespace, candidates, absent, pods } = found;
  if (select.kind === 'names') {
    const names = pods.map(({ metadata }) => metadata.name);
    const unfit = absent.map(({ name, why }) => {
      const message =
        why === 'missing' ? `There is no pod ${name} in namespace ${namespace}.` : `Pod ${name} is ${why}.`;
      const nearest = why === 'missing' ? nearestName(name, names) : undefined;
      return finding(
        'NO_POD',
        message,
        `Pod ${namespace}/${name}`,
        nearest === undefined
          ? 'Names of pods change; `labels` choose them by what they are.'
          : `Did you mean ${nearest}?`,
      );
    });
    if (unfit.length > 0) return unfit;
  }
  const running = candidates.length;
  if (running === 0) return [noPod(found)];
  if (countOf(take, running) === 0 && take.kind === 'percent') {
    const message = `${take.percent}% of ${running} running pods is less than one pod.`;
    return [finding('SHARE_TOO_SMALL', message, undefined, 'Write `count`, or a larger share.')];
  }
  if (take.kind !== 'count' || take.count <= running) return [];
  return [finding('FEWER_PODS', `${take.count} pods are to be killed and only ${running} run.`)];
}

/** Whether these pods may be killed together. */
export function checkVictims({ spec }: Fault<PodKillFaultSpec>, victims: readonly Candidate[]): readonly Finding[] {
  return [...checkBare(spec, victims), ...checkReplicas(spec, victims), ...checkHeld(victims)];
}

function noPod({ namespace, absent }: Survey): Finding {
  const others = absent.map(({ name, why }) => `${name} is ${why}`).join(', ');
  const message = `No running pod in namespace ${namespace} has these labels${others === '' ? '' : ` (${others})`}.`;
  return finding('NO_POD', message, undefined, `\`kubectl -n ${namespace} get pods --show-labels\` shows them all.`);
}

function checkBare({ select, allowBare }: PodKillFaultSpec, victims: readonly Candidate[]): readonly Finding[] {
  if (allowBare && select.kind === 'names') return [];
  return victims
    .filter(({ owner }) => owner === undefined)
    .map(({ pod }) => {
      const { name, namespace = '' } = pod.metadata;
      const message = `No controller would replace pod ${name}: once killed it is gone for good.`;
      const hint = 'Name it in `names` and give `allowBare: true` if that is meant.';
      return finding('BARE_POD', message, `Pod ${namespace}/${name}`, hint);
    });
}

function checkReplicas({ allowAllReplicas }: PodKillFaultSpec, victims: readonly Candidate[]): readonly Finding[] {
  const losing = allowAllReplicas ? [] : losingAll(victims);
  const short = distinctOwners(victims).filter(({ ready, desired }) => ready < desired);
  return [
    ...losing.map((owner) => {
      const all = owner.ready === 1 ? 'its only ready replica' : `all of its ${owner.ready} ready replicas`;
      const hint = 'Kill fewer, or give `allowAllReplicas: true` if that is meant.';
      return finding('ALL_REPLICAS', `${describeRef(owner)} would lose ${all}.`, describeRef(owner), hint);
    }),
    ...short.map((owner) => {
      const message = `${describeRef(owner)} has ${owner.ready} of ${owner.desired} replicas ready before anything is killed.`;
      return finding('OWNER_SHORT', message, describeRef(owner));
    }),
  ];
}

function checkHeld(victims: readonly Candidate[]): readonly Finding[] {
  return victims.flatMap(({ pod: { metadata } }) => {
    const { name, namespace = '', finalizers = [] } = metadata;
    if (finalizers.length === 0) return [];
    const message = `Pod ${name} has finalizer ${finalizers.join(', ')}: it stays, terminating, until that is taken off.`;
    return [finding('HELD_POD', message, `Pod ${namespace}/${name}`)];
  });
}
