import type { ObjectRef } from '../../model/kubernetes.ts';
import type { ObjectMemory } from '../../undo/object-memory.ts';
import type { Named } from './handle.ts';

/** What the run of this process has done to VirtualServices. */
export interface OwnWrites {
  /** Objects, as `describeObject` names them, to which a write may still be under way. */
  readonly unanswered: Set<string>;
  readonly memory: ObjectMemory;
}

/** The reference to a VirtualService by its name. */
export function ruleRef({ namespace, name }: Named): ObjectRef {
  return { apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', namespace, name };
}
