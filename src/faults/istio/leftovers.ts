import { type Cluster, recoverCommand } from '../../cluster/cluster.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import { describeObject } from '../../undo/describe.ts';
import { MANAGED_BY, readableRecords, RUN_LABEL, UNDO_ANNOTATION } from '../../undo/marks.ts';
import type { DriverContext, Leftover } from '../driver.ts';
import { encodeHandle } from './handle.ts';
import { faultOfRecord, recordId } from './names.ts';
import { ISTIO_GROUP } from './reading.ts';

/** Every fault record on every VirtualService, of whatever run, with a handle made from the record alone. */
export async function findLeftovers({ cluster, signal }: DriverContext): Promise<readonly Leftover[]> {
  const resource = await cluster.resource(ISTIO_GROUP, 'virtualservices', { signal });
  if (resource === undefined) return [];
  const marked = await cluster.list(resource, { labelSelector: RUN_LABEL, signal });
  return marked.flatMap((object) => leftoversOn(object, cluster));
}

function leftoversOn(object: KubernetesObject, cluster: Cluster): Leftover[] {
  const { namespace = '', name } = object.metadata;
  const leftover = (run: string, fault: string, prefix: string, lingerMs: number): Leftover => {
    const data = { id: recordId(fault), prefix, objects: [{ namespace, name }], lingerMs, aim: null, watch: null };
    const byHand = isOurs(object) ? deleteCommand(cluster, object) : editCommand(cluster, object, run);
    const undoCommands = [recoverCommand(cluster, run), byHand];
    return { handle: encodeHandle(run, fault, data), where: describeObject(object), undoCommands };
  };
  const records = readableRecords(object);
  if (records === undefined) {
    // Listed all the same: its rollback says what is wrong with it, and the others' are not held up.
    const run = object.metadata.labels?.[RUN_LABEL] ?? '';
    return [leftover(run, 'unreadable record', `holdfast-${run}`, 0)];
  }
  return records.flatMap((record) => {
    const fault = faultOfRecord(record.id);
    if (record.undo !== 'remove-routes' || fault === undefined) return [];
    return [leftover(record.run, fault, record.prefix, record.lingerMs)];
  });
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
