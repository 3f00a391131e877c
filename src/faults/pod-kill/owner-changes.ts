import type { KubernetesObject } from '../../model/kubernetes.ts';
import { sameJson } from '../../undo/fingerprint.ts';
import type { ObjectMemory } from '../../undo/object-memory.ts';
import type { OwnerId } from './handle.ts';
import type { Owner } from './owners.ts';

/** From here on whoever changes these owners changes what the kill was about. */
export function rememberOwners(owners: readonly Owner[], memory: ObjectMemory): void {
  for (const owner of owners) if (memory.written(owner) === undefined) memory.adopt(wishOf(owner.object));
}

/** To be called before owners are read; what it gives takes each as it was read, undefined when it is gone. */
export function lookAtOwners(
  owners: readonly OwnerId[],
  memory: ObjectMemory,
): (found: readonly (Owner | undefined)[]) => void {
  const looks = owners.map((owner) => memory.look(owner));
  return (found) => {
    for (const [index, owner] of owners.entries()) {
      const now = found[index] && wishOf(found[index].object);
      if (now !== undefined && isAutoscaled(memory.written(owner), now)) memory.adopt(now);
      else looks[index]?.(now);
    }
  };
}

/** What an owner is asked for. Its labels, annotations and status have no part in who replaces a pod. */
function wishOf({ apiVersion, kind, metadata, spec }: KubernetesObject): KubernetesObject {
  const { labels: _labels, annotations: _annotations, ...kept } = metadata;
  return { apiVersion, kind, metadata: kept, spec };
}

/** An autoscaler that answers a kill is a part of the system under test, not somebody who meddles with it. */
function isAutoscaled(last: KubernetesObject | undefined, now: KubernetesObject): boolean {
  if (last === undefined || last.metadata.uid !== now.metadata.uid) return false;
  const rest = ({ spec }: KubernetesObject): unknown => ({ ...(spec as object), replicas: null });
  if (sameJson(last['spec'], now['spec']) || !sameJson(rest(last), rest(now))) return false;
  return (now.metadata.managedFields ?? []).some(
    ({ manager, subresource, fieldsV1 }) =>
      manager === 'kube-controller-manager' &&
      subresource === 'scale' &&
      JSON.stringify(fieldsV1 ?? {}).includes('"f:replicas"'),
  );
}
