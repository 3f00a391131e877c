import type { ListOptions, Resource } from '../../cluster/cluster.ts';
import { HoldfastError } from '../../model/errors.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import type { DriverContext } from '../driver.ts';

/** Istio's API group. */
export const ISTIO_GROUP = 'networking.istio.io';

/** The served VirtualService resource; throws when Istio is not installed. */
export async function virtualServices(context: DriverContext): Promise<Resource> {
  const resource = await context.cluster.resource(ISTIO_GROUP, 'virtualservices', { signal: context.signal });
  if (resource !== undefined) return resource;
  throw new HoldfastError('API_NOT_FOUND', {
    message: `${context.cluster.context} serves no VirtualServices.`,
    hint: 'Install Istio, or name another context.',
  });
}

/** All objects of a kind that somebody may see, none when the kind is not served or may not be listed. */
export async function listIfAllowed(
  context: DriverContext,
  group: string,
  plural: string,
  options: ListOptions = {},
): Promise<readonly KubernetesObject[]> {
  const { cluster, signal } = context;
  const resource = await cluster.resource(group, plural, { signal });
  if (resource === undefined) return [];
  return ifAllowed(cluster.list(resource, { ...options, signal }), []);
}

/** One object, undefined when it does not exist or may not be read. */
export async function readIfAllowed(
  context: DriverContext,
  group: string,
  plural: string,
  key: { readonly namespace?: string; readonly name: string },
): Promise<KubernetesObject | undefined> {
  const { cluster, signal } = context;
  const resource = await cluster.resource(group, plural, { signal });
  return resource && ifAllowed(cluster.read(resource, key, { signal }), undefined);
}

async function ifAllowed<T>(reading: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'API_FORBIDDEN') return otherwise;
    throw error;
  }
}
