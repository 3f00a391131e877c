import type { ChaosBladeFaultSpec } from '../../model/fault.ts';
import { type Finding, finding } from '../../model/finding.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import type { DriverContext } from '../driver.ts';
import { controllerOf, isReady } from '../pods.ts';
import type { Owner } from './handle.ts';
import type { Resolution } from './resolve.ts';
import { listAll } from './resources.ts';

/** For experiments that take pods away: who brings them back, and how many are ready now. */
export async function checkPods(
  spec: ChaosBladeFaultSpec,
  { pods, expected }: Resolution,
  namespace: string,
  context: DriverContext,
): Promise<{ readonly owners: readonly Owner[]; readonly findings: readonly Finding[] }> {
  if (spec.target !== 'pod' || !['delete', 'fail'].includes(spec.action)) return { owners: [], findings: [] };
  const targets = pods.filter(({ metadata }) => expected.candidates.some(({ name }) => name === metadata.name));
  const bare = targets.filter((pod) => controllerOf(pod) === undefined);
  const owners = ownersOf(targets, await listAll(context, '', 'pods', { namespace }), namespace);
  return {
    owners,
    findings: [
      ...bare.map(({ metadata }) => {
        const where = `Pod ${namespace}/${metadata.name}`;
        return finding('UNREPLACED_POD', `${where} has no controller: nobody would bring it back.`, where);
      }),
      ...owners.filter(({ ready }) => ready > 0 && ready <= hits(spec, expected.take)).map(allReplicas),
    ],
  };
}

/** The most pods of one owner that may go at once. */
function hits({ select }: ChaosBladeFaultSpec, take: number): number {
  return select.count === undefined ? take : Math.min(take, select.count);
}

function allReplicas({ name, ready }: Owner): Finding {
  const message = `${ready === 1 ? 'The only ready pod' : `All ${ready} ready pods`} of ${name} may go at once.`;
  return finding('NO_REPLICA_LEFT', message, name, 'Say `count` or `percent` to spare some.');
}

function ownersOf(
  targets: readonly KubernetesObject[],
  all: readonly KubernetesObject[],
  namespace: string,
): readonly Owner[] {
  const owners = new Map<string, Owner>();
  for (const controller of targets.map(controllerOf)) {
    if (controller === undefined) continue;
    const ready = readyOf(controller.uid, all);
    owners.set(controller.uid, {
      namespace,
      uid: controller.uid,
      name: `${controller.kind} ${controller.name}`,
      ready,
    });
  }
  return [...owners.values()];
}

/** How many pods of a controller are ready. */
export function readyOf(controller: string, pods: readonly KubernetesObject[]): number {
  return pods.filter((pod) => controllerOf(pod)?.uid === controller && isReady(pod)).length;
}
