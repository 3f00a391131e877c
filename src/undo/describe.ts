import { describeRef } from '../model/describe-ref.ts';
import type { KubernetesObject, ObjectRef } from '../model/kubernetes.ts';

/** `VirtualService default/ratings`. */
export function describeObject(object: KubernetesObject | ObjectRef): string {
  return describeRef(refOf(object));
}

/** The reference to an object. */
export function refOf(object: KubernetesObject | ObjectRef): ObjectRef {
  if (!('metadata' in object)) return object;
  const { apiVersion, kind, metadata } = object;
  const { namespace, name } = metadata;
  return namespace === undefined ? { apiVersion, kind, name } : { apiVersion, kind, namespace, name };
}
