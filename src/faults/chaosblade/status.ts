import type { KubernetesObject } from '../../model/kubernetes.ts';

/** What became of one target, as the operator says. */
export interface TargetStatus {
  /** Of the experiment in the tool pod; absent for what the operator does itself. */
  readonly id?: string;
  readonly node?: string;
  readonly namespace?: string;
  readonly pod?: string;
  readonly container?: string;
  readonly success: boolean;
  readonly error?: string;
}

/** The status of a ChaosBlade resource with one experiment. */
export interface BladeStatus {
  /** Empty: the operator has not looked at it yet. */
  readonly phase: string;
  readonly success: boolean;
  readonly error?: string;
  readonly targets: readonly TargetStatus[];
}

interface RawTarget {
  readonly id?: string;
  readonly identifier?: string;
  readonly uid?: string;
  readonly name?: string;
  readonly nodeName?: string;
  readonly kind?: string;
  readonly success?: boolean;
  readonly error?: string;
}

interface RawStatus {
  readonly phase?: string;
  readonly expStatuses?: readonly {
    readonly success?: boolean;
    readonly error?: string;
    readonly resStatuses?: readonly RawTarget[] | null;
  }[];
}

/** Reads a status of any operator version; what is missing reads as nothing done. */
export function readStatus(object: KubernetesObject): BladeStatus {
  const { phase = '', expStatuses } = (object['status'] ?? {}) as RawStatus;
  const [experiment] = expStatuses ?? [];
  return {
    phase,
    success: experiment?.success === true,
    ...(experiment?.error && { error: experiment.error }),
    targets: (experiment?.resStatuses ?? []).map(readTarget),
  };
}

/** The operator is through with the experiment, well or badly. Nothing may be written before. */
export function isTerminal({ phase }: BladeStatus): boolean {
  return ['Running', 'Error', 'Destroying', 'Destroyed'].includes(phase);
}

/** Everything the operator says went wrong, in its own words. */
export function errorsOf({ error, targets }: BladeStatus): readonly string[] {
  const each = targets
    .filter((target) => !target.success || target.error !== undefined)
    .map((target) => `${targetName(target)}: ${target.error ?? 'not successful'}`);
  return [...(error === undefined ? [] : [error]), ...each];
}

/** `worker-1`, `default/ratings-1`. */
export function targetName({ node, namespace, pod, container }: TargetStatus): string {
  if (pod === undefined) return node ?? 'unnamed target';
  return `${namespace === undefined ? '' : `${namespace}/`}${pod}${container === undefined ? '' : `/${container}`}`;
}

function readTarget({ id, uid, identifier, name, nodeName, kind, success, error }: RawTarget): TargetStatus {
  const experimentId = id ?? uid;
  return {
    ...(experimentId && { id: experimentId }),
    ...(identifier === undefined ? oldPlace(name, nodeName, kind) : place(identifier)),
    success: success === true,
    ...(error && { error }),
  };
}

/** `/worker-1/`, `<ns>/<node>/<pod>` or `<ns>/<node>/<pod>/<container>/<id>/<runtime>`. */
function place(identifier: string): Partial<TargetStatus> {
  const [namespace, node, pod, container] = identifier.split('/');
  return {
    ...(namespace && { namespace }),
    ...(node && { node }),
    ...(pod && { pod }),
    ...(container && { container }),
  };
}

/** Operators before 0.7 say `name` and `nodeName` instead. */
function oldPlace(name: string | undefined, nodeName: string | undefined, kind: string | undefined) {
  if (kind === 'node') return { ...((nodeName ?? name) && { node: nodeName ?? name }) };
  return { ...(nodeName && { node: nodeName }), ...(name && { pod: name }) };
}
