import type { ObjectRef } from './kubernetes.ts';

/** `VirtualService default/ratings`, or `Node worker-1` for kinds without a namespace. */
export function describeRef({ kind, namespace, name }: Omit<ObjectRef, 'apiVersion'>): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
