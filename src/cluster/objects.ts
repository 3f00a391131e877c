import type { KubernetesObject, ObjectRef } from '../model/kubernetes.ts';

/** Names an object that was read or is about to be written. */
export function refOf(object: KubernetesObject): ObjectRef {
  const { namespace, name } = object.metadata;
  const { apiVersion, kind } = object;
  return { apiVersion, kind, ...(namespace !== undefined && { namespace }), name };
}

/** `VirtualService default/ratings`, or `Node worker-1` for kinds without a namespace. */
export function describeRef(ref: Omit<ObjectRef, 'apiVersion'>): string {
  return `${ref.kind} ${ref.namespace === undefined ? '' : `${ref.namespace}/`}${ref.name}`;
}
