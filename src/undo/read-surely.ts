import type { CallOptions, Cluster, ObjectKey, Resource } from '../cluster/cluster.ts';
import type { KubernetesObject } from '../model/kubernetes.ts';

/**
 * The object, or undefined when two readings say that it does not exist. Before an undo is called done because there is
 * nothing to undo, one answer is not enough: behind one address there may be a server that lags behind.
 */
export async function readSurely(
  cluster: Cluster,
  resource: Resource,
  key: ObjectKey,
  options: CallOptions,
): Promise<KubernetesObject | undefined> {
  return (await cluster.read(resource, key, options)) ?? cluster.read(resource, key, options);
}
