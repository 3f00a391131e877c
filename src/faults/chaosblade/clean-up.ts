import { type Cluster, recoverCommand } from '../../cluster/cluster.ts';
import type { BladeHandleData } from './handle.ts';
import type { BladeStatus, TargetStatus } from './status.ts';

/** What the operator puts on every resource it has seen. */
export const FINALIZER = 'finalizer.chaosblade.io';

/** Without Holdfast: the operator undoes the experiment and lets the resource go. */
export function deleteCommand({ kubectl }: Pick<Cluster, 'kubectl'>, name: string): string {
  return `${kubectl} delete blade ${name}`;
}

/**
 * What to do by hand about a resource that the operator cannot undo, in the safe order: first the fault itself, then a
 * look at whether it is gone, only then the finalizer.
 */
export function cleanUpCommands(
  cluster: Pick<Cluster, 'kubectl' | 'context'>,
  handle: BladeHandleData,
  status: BladeStatus,
): readonly string[] {
  const { kubectl } = cluster;
  const { name, timeoutMs } = handle;
  const wait = timeoutMs === null ? [] : [`wait until its timeout of ${timeoutMs / 1000} s is over`];
  const finalizer = `[{"op":"test","path":"/metadata/finalizers/0","value":"${FINALIZER}"},{"op":"remove","path":"/metadata/finalizers/0"}]`;
  const steps = [
    ...wait,
    ...status.targets.flatMap((target) => onTarget(kubectl, handle, target)),
    'look with a probe whether the fault is gone',
    `${recoverCommand(cluster)} --force-finalizer   # or: ${kubectl} patch blade ${name} --type=json -p '${finalizer}'`,
  ];
  return steps.map((step, index) => `${index + 1}. ${step}`);
}

function onTarget(kubectl: string, handle: BladeHandleData, { id, node, namespace, pod }: TargetStatus): string[] {
  if (handle.scope !== 'node' && pod !== undefined)
    return [`${kubectl} -n ${namespace ?? 'default'} delete pod ${pod}   # its network goes with it`];
  if (node === undefined) return [];
  const find = `${kubectl} get pods -A -l app=chaosblade-tool -o wide --field-selector spec.nodeName=${node}`;
  const exec = `${kubectl} -n <namespace> exec <that pod> --`;
  const destroy = id === undefined ? [] : [`${exec} blade destroy ${id}`];
  const tc = handle.interface === null ? [] : [`${exec} tc qdisc del dev ${handle.interface} root`];
  return [find, [...destroy, ...tc].join('   # or: ')].filter((line) => line !== '');
}
