import { type Cluster, recoverCommand } from '../../cluster/cluster.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import { describeObject } from '../../undo/describe.ts';
import { MANAGED_BY, markedAt, readableRecords, RUN_LABEL, UNDO_ANNOTATION } from '../../undo/marks.ts';
import { httpRoutes } from '../../undo/routes.ts';
import type { DriverContext, Leftover } from '../driver.ts';
import { encodeHandle } from './handle.ts';
import { faultOfRecord, parseRouteName, recordId } from './names.ts';
import { ISTIO_GROUP } from './reading.ts';

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
    const byHand = isOurs(object) ? deleteCommand(cluster, object) : editCommand(cluster, object, run);
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

/** Created by a run: without the fault's routes nothing is left of it. */
function isOurs({ metadata }: KubernetesObject): boolean {
  return Object.entries(MANAGED_BY).every(([label, value]) => metadata.labels?.[label] === value);
}

/** Without Holdfast: takes all routes and marks of the run out of an object (needs jq). */
export function editCommand({ kubectl }: Cluster, object: KubernetesObject, run: string): string {
  const { namespace = '', name } = object.metadata;
  const at = `${kubectl} -n ${namespace}`;
  const filter =
    `del(.spec.http[] | select((.name // "") | startswith("holdfast-${run}-")))` +
    ` | del(.metadata.labels["${RUN_LABEL}"], .metadata.annotations["${UNDO_ANNOTATION}"])`;
  return `${at} get virtualservice ${name} -o json | jq '${filter}' | ${at} replace -f -`;
}

/** Without Holdfast: deletes an object that the run created. */
export function deleteCommand({ kubectl }: Cluster, object: KubernetesObject): string {
  const { namespace = '', name } = object.metadata;
  return `${kubectl} -n ${namespace} delete virtualservice ${name}`;
}
