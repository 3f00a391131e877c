import { recoverCommand } from '../../cluster/cluster.ts';
import { parseDuration } from '../../model/duration.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import { markedAt } from '../../undo/marks.ts';
import type { DriverContext, Leftover } from '../driver.ts';
import { experimentOf, FAULT_LABEL, matcherOf, runOf } from './blade-object.ts';
import { isTc } from './catalogue.ts';
import { deleteCommand } from './clean-up.ts';
import { type BladeHandleData, describeBlade, encodeHandle } from './handle.ts';
import { BLADE_GROUP, BLADES, listAll } from './resources.ts';
import { readStatus, targetName } from './status.ts';
import type { BladeTarget } from './targets.ts';

/**
 * Every ChaosBlade resource of ours, of whatever run, with a handle made from the resource alone. All are looked at:
 * somebody may have taken our label away.
 */
export async function findLeftovers(context: DriverContext): Promise<readonly Leftover[]> {
  const { cluster } = context;
  const all = await listAll(context, BLADE_GROUP, BLADES);
  return all.flatMap((object): Leftover[] => {
    const { name, labels = {} } = object.metadata;
    const run = runOf(object);
    if (run === undefined) return [];
    const fault = experimentOf(object).desc ?? labels[FAULT_LABEL] ?? name;
    const undoCommands = [recoverCommand(cluster, run), deleteCommand(cluster, name)];
    return [
      {
        handle: encodeHandle(run, fault, dataOf(object)),
        where: describeBlade(name),
        undoCommands,
        ...markedAt(object),
      },
    ];
  });
}

function dataOf(object: KubernetesObject): BladeHandleData {
  const experiment = experimentOf(object);
  const { scope = '', target = '', action = '' } = experiment;
  const candidates = targetsOf(object, scope);
  return {
    name: object.metadata.name,
    scope,
    target,
    action,
    interface: isTc({ target, action }) ? (matcherOf(experiment, 'interface') ?? null) : null,
    timeoutMs: readTimeout(matcherOf(experiment, 'timeout')),
    candidates,
    take: candidates.length,
    hasProof: false,
    owners: [],
  };
}

/** By what the operator says it hit, else by what it was told to. */
function targetsOf(object: KubernetesObject, scope: string): readonly BladeTarget[] {
  const experiment = experimentOf(object);
  const kind = scope === 'node' ? ('node' as const) : ('pod' as const);
  const namespace = kind === 'node' ? '' : (matcherOf(experiment, 'namespace') ?? 'default');
  const hit = readStatus(object).targets.map((it) => ({ name: it.pod ?? targetName(it), node: it.node ?? '' }));
  const told = (matcherOf(experiment, 'names') ?? '').split(',').filter((name) => name !== '');
  const named = hit.length > 0 ? hit : told.map((name) => ({ name, node: '' }));
  return named.map(({ name, node }) => ({ kind, name, namespace, node, uid: '' }));
}

function readTimeout(text: string | undefined): number | null {
  if (text === undefined) return null;
  const read = parseDuration(/^\d+$/.test(text) ? `${text}s` : text);
  return read.ok ? read.value : null;
}
