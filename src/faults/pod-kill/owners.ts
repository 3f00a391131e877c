import type { KubernetesObject, OwnerReference } from '../../model/kubernetes.ts';
import type { DriverContext } from '../driver.ts';
import type { OwnerId } from './handle.ts';
import { controllerOf, isReady } from '../pods.ts';

/** Whose pods they are, and how many of them are ready now. */
export interface Owner extends OwnerId {
  /** Its pods that are ready now, also those that were not asked for. */
  readonly readyPods: readonly KubernetesObject[];
  /** As it was read. */
  readonly object: KubernetesObject;
}

/** Finds the owners of pods of one namespace; each object is read once. */
export interface Owners {
  /** The one that keeps the number of replicas: a Deployment, not its ReplicaSet. Undefined: nothing replaces the pod. */
  of(pod: KubernetesObject): Promise<Owner | undefined>;
  /** As `of`, from its name; undefined when it is gone, or another of its name is there. */
  named(owner: OwnerId): Promise<Owner | undefined>;
}

type Reference = Pick<OwnerReference, 'apiVersion' | 'kind' | 'name' | 'uid'>;

/** The owners as they are now, with `pods` being all pods of their namespace. */
export function createOwners(
  namespace: string,
  pods: readonly KubernetesObject[],
  { cluster, signal }: DriverContext,
): Owners {
  const reading = new Map<string, Promise<KubernetesObject | undefined>>();
  const counting = new Map<string, Promise<Owner>>();

  const fetch = async (reference: Reference): Promise<KubernetesObject | undefined> => {
    const resource = await cluster.resourceOf(reference, { signal });
    const object = await cluster.read(resource, { namespace, name: reference.name }, { signal });
    return object?.metadata.uid === reference.uid ? object : undefined;
  };
  const read = async (reference: Reference): Promise<KubernetesObject | undefined> => {
    const known = reading.get(reference.uid) ?? fetch(reference);
    reading.set(reference.uid, known);
    return known;
  };
  const rootOf = async (pod: KubernetesObject): Promise<KubernetesObject | undefined> => {
    const controller = controllerOf(pod);
    const object = controller && (await read(controller));
    const above = object && controller.kind === 'ReplicaSet' ? controllerOf(object) : undefined;
    return above === undefined ? object : read(above);
  };
  const isOf = async (owner: KubernetesObject, pod: KubernetesObject): Promise<boolean> => {
    const controller = controllerOf(pod);
    if (controller === undefined || controller.uid === owner.metadata.uid) return controller !== undefined;
    // ReplicaSets are named after their Deployment, which spares reading all the others.
    if (controller.kind !== 'ReplicaSet' || !controller.name.startsWith(`${owner.metadata.name}-`)) return false;
    return (await rootOf(pod))?.metadata.uid === owner.metadata.uid;
  };
  const count = async (owner: KubernetesObject): Promise<Owner> => {
    const ready = pods.filter(isReady);
    const own = await Promise.all(ready.map(async (pod) => isOf(owner, pod)));
    return ownerFrom(
      owner,
      namespace,
      ready.filter((_, index) => own[index]),
    );
  };
  const counted = async (owner: KubernetesObject | undefined): Promise<Owner | undefined> => {
    const uid = owner?.metadata.uid ?? '';
    if (owner === undefined) return undefined;
    const known = counting.get(uid) ?? count(owner);
    counting.set(uid, known);
    return known;
  };
  return {
    of: async (pod) => counted(await rootOf(pod)),
    named: async (owner) => counted(await read(owner)),
  };
}

function ownerFrom(object: KubernetesObject, namespace: string, readyPods: readonly KubernetesObject[]): Owner {
  const { apiVersion, kind, metadata } = object;
  const { name, uid = '' } = metadata;
  const ready = readyPods.length;
  return { apiVersion, kind, namespace, name, uid, desired: desiredBy(object) ?? ready, ready, readyPods, object };
}

/** How many pods an owner wants; undefined for kinds that say it otherwise than Kubernetes' own do. */
function desiredBy(object: KubernetesObject): number | undefined {
  const spec = (object['spec'] ?? {}) as { readonly replicas?: unknown; readonly parallelism?: unknown };
  const status = (object['status'] ?? {}) as { readonly desiredNumberScheduled?: unknown };
  const { replicas, parallelism } = spec;
  const desired =
    object.kind === 'DaemonSet' ? status.desiredNumberScheduled : object.kind === 'Job' ? (parallelism ?? 1) : replicas;
  return typeof desired === 'number' ? desired : undefined;
}
