import type { KubernetesObject, ObjectRef } from '../model/kubernetes.ts';

/** `VirtualService default/ratings`. */
export function describeObject(object: KubernetesObject | ObjectRef): string {
  const { kind, namespace, name } = refOf(object);
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

/** The reference to an object. */
export function refOf(object: KubernetesObject | ObjectRef): ObjectRef {
  if (!('metadata' in object)) return object;
  const { apiVersion, kind, metadata } = object;
  const { namespace, name } = metadata;
  return namespace === undefined ? { apiVersion, kind, name } : { apiVersion, kind, namespace, name };
}
