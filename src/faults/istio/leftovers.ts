import { type Cluster, recoverCommand } from '../../cluster/cluster.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import { deleteByHand, takeOutByHand } from '../../undo/by-hand.ts';
import { describeObject } from '../../undo/describe.ts';
import { MANAGED_BY, markedAt, readableRecords, RUN_LABEL, SETUP_LABEL } from '../../undo/marks.ts';
import { httpRoutes } from '../../undo/routes.ts';
import type { DriverContext, Leftover } from '../driver.ts';
import { encodeHandle } from './handle.ts';
import { faultOfRecord, parseRouteName, recordId } from './names.ts';
import { renamedCopies } from './object-edit.ts';
import { ISTIO_GROUP, RULES } from './reading.ts';

/**
 * Every fault on every VirtualService, of whatever run, with a handle made from its record, or from the names of its routes
 * where the record is gone. All objects are looked at: somebody may have taken our label away.
 */
export async function findLeftovers({ cluster, signal }: DriverContext): Promise<readonly Leftover[]> {
  const resource = await cluster.resource(ISTIO_GROUP, 'virtualservices', { signal });
  if (resource === undefined) return [];
  const all = await cluster.list(resource, { signal });
  return all.flatMap((object) => leftoversOn(object, cluster));
}

function leftoversOn(object: KubernetesObject, cluster: Cluster): Leftover[] {
  const { namespace = '', name } = object.metadata;
  const leftover = (run: string, fault: string, prefix: string, lingerMs: number): Leftover => {
    const data = { id: recordId(fault), prefix, objects: [{ namespace, name }], lingerMs, aim: null, watch: null };
    const renamed = renamedCopies(object, { run, id: recordId(fault), prefix });
    const byHand = isOurs(object)
      ? deleteByHand(cluster, RULES, object)
      : takeOutByHand(cluster, RULES, object, run, renamed);
    const undoCommands = [recoverCommand(cluster, run), byHand];
    return { handle: encodeHandle(run, fault, data), where: describeObject(object), undoCommands, ...markedAt(object) };
  };
  const records = readableRecords(object);
  const recorded = (records ?? []).flatMap((record) => {
    const fault = faultOfRecord(record.id);
    if (record.undo !== 'remove-routes' || fault === undefined) return [];
    return [{ prefix: record.prefix, found: leftover(record.run, fault, record.prefix, record.lingerMs) }];
  });
  const named = unrecorded(
    object,
    recorded.map((it) => it.prefix),
  ).map(({ run, fault, prefix }) => leftover(run, fault, prefix, 0));
  const found = [...recorded.map((it) => it.found), ...named];
  if (records !== undefined || found.length > 0) return found;
  // Listed all the same: its rollback says what is wrong with it, and the others' are not held up.
  const run = object.metadata.labels?.[RUN_LABEL] ?? '';
  return [leftover(run, 'unreadable record', `holdfast-${run}`, 0)];
}

/** Faults whose routes are there without a record that could be read. */
function unrecorded(
  object: KubernetesObject,
  recorded: readonly string[],
): NonNullable<ReturnType<typeof parseRouteName>>[] {
  const names = httpRoutes(object).flatMap(
    (route) => parseRouteName((route as { readonly name?: string }).name ?? '') ?? [],
  );
  const others = names.filter(({ prefix }) => !recorded.includes(prefix));
  return [...new Map(others.map((it) => [it.prefix, it])).values()];
}

/** Created for a fault: without its routes nothing is left of it. What a setup created stays until that is undone. */
function isOurs({ metadata }: KubernetesObject): boolean {
  if (metadata.labels?.[SETUP_LABEL] !== undefined) return false;
  return Object.entries(MANAGED_BY).every(([label, value]) => metadata.labels?.[label] === value);
}
