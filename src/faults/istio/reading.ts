import type { ListOptions, ObjectKey, Resource } from '../../cluster/cluster.ts';
import { HoldfastError } from '../../model/errors.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import type { DriverContext } from '../driver.ts';

/** Istio's API group. */
export const ISTIO_GROUP = 'networking.istio.io';

/** VirtualServices, as kubectl names them. */
export const RULES = { group: ISTIO_GROUP, plural: 'virtualservices' } as const;

/** The served VirtualService resource; throws when Istio is not installed. */
export async function virtualServices(context: DriverContext): Promise<Resource> {
  const resource = await context.cluster.resource(ISTIO_GROUP, 'virtualservices', { signal: context.signal });
  if (resource !== undefined) return resource;
  throw new HoldfastError('API_NOT_FOUND', {
    message: `${context.cluster.context} serves no VirtualServices.`,
    hint: 'Install Istio, or name another context.',
  });
}

/** All objects of a kind; none when the kind is not served. Throws `API_FORBIDDEN`: no rights is not the same as none. */
export async function listObjects(
  context: DriverContext,
  group: string,
  plural: string,
  options: ListOptions = {},
): Promise<readonly KubernetesObject[]> {
  const { cluster, signal } = context;
  const resource = await cluster.resource(group, plural, { signal });
  return resource === undefined ? [] : cluster.list(resource, { ...options, signal });
}

/** One object; undefined when it does not exist. */
export async function readObject(
  context: DriverContext,
  group: string,
  plural: string,
  key: ObjectKey,
): Promise<KubernetesObject | undefined> {
  const { cluster, signal } = context;
  const resource = await cluster.resource(group, plural, { signal });
  return resource && cluster.read(resource, key, { signal });
}

/** What a reading gives, or undefined where the identity may not read it: for checks that can be done without. */
export async function ifAllowed<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'API_FORBIDDEN') return undefined;
    throw error;
  }
}
