import type { ListOptions, Resource } from '../../cluster/cluster.ts';
import { HoldfastError } from '../../model/errors.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import { readSurely } from '../../undo/read-surely.ts';
import type { DriverContext } from '../driver.ts';

/** ChaosBlade's API group, and the plural of its one kind. */
export const BLADE_GROUP = 'chaosblade.io';
export const BLADES = 'chaosblades';

/** The served ChaosBlade resource; throws when its definition is not there. */
export async function bladeResource({ cluster, signal }: DriverContext): Promise<Resource> {
  const resource = await cluster.resource(BLADE_GROUP, BLADES, { signal });
  if (resource !== undefined) return resource;
  throw new HoldfastError('API_NOT_FOUND', {
    message: `${cluster.context} serves no ChaosBlade resources.`,
    hint: 'Install the ChaosBlade operator, or name another context.',
  });
}

/** One ChaosBlade resource; undefined when two readings say that it is gone. */
export async function readBlade(context: DriverContext, name: string): Promise<KubernetesObject | undefined> {
  const resource = await bladeResource(context);
  return readSurely(context.cluster, resource, { name }, { signal: context.signal });
}

/** All objects of a kind; none when the kind is not served. */
export async function listAll(
  { cluster, signal }: DriverContext,
  group: string,
  plural: string,
  options: ListOptions = {},
): Promise<readonly KubernetesObject[]> {
  const resource = await cluster.resource(group, plural, { signal });
  return resource === undefined ? [] : cluster.list(resource, { ...options, signal });
}
