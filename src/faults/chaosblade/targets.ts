import type { TargetStatus } from './status.ts';

/** A node or pod that an experiment may hit. */
export interface BladeTarget {
  readonly kind: 'node' | 'pod';
  readonly name: string;
  /** Empty for nodes. */
  readonly namespace: string;
  /** The node it is on, or is; empty where unknown. */
  readonly node: string;
  readonly uid: string;
}

/** Those that may be hit, and how many of them will be: which ones is the operator's choice where they are fewer. */
export interface Expected {
  readonly candidates: readonly BladeTarget[];
  readonly take: number;
}

/** `Node worker-1`, `Pod default/ratings-1`. */
export function describeTarget({ kind, namespace, name }: BladeTarget): string {
  return kind === 'node' ? `Node ${name}` : `Pod ${namespace}/${name}`;
}

/** The target that a status is about. Old operators leave out the namespace. */
export function targetOf(status: TargetStatus, candidates: readonly BladeTarget[]): BladeTarget | undefined {
  return candidates.find(({ kind, name, namespace }) =>
    kind === 'node'
      ? status.pod === undefined && status.node === name
      : status.pod === name && (status.namespace === undefined || status.namespace === namespace),
  );
}
