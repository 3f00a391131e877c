import type { Millis } from './clock.ts';
import type { Finding } from './finding.ts';
import type { ObjectRef } from './kubernetes.ts';

/** One write that a run will make to the cluster. `diff` is a unified diff of the object's YAML. */
export interface ObjectChange {
  readonly verb: 'create' | 'update' | 'delete';
  readonly object: ObjectRef;
  readonly diff: string;
}

/** What one fault will do, from what was read; nothing has been touched. */
export interface FaultPlan {
  readonly fault: string;
  readonly driver: string;
  /** `VirtualService default/ratings (caller proxies: reviews-v2-..., ...)`. */
  readonly targets: readonly string[];
  readonly lockKeys: readonly string[];
  readonly changes: readonly ObjectChange[];
  /** Commands a person can paste to undo it without Holdfast. */
  readonly undoCommands: readonly string[];
  /** Namespaces whose workloads it hits, beside those of the objects it changes; the guard looks at both. */
  readonly namespaces?: readonly string[];
}

/** Everything `holdfast plan` prints and `run` prints before it injects. */
export interface Plan {
  readonly experiment: string;
  readonly context: string;
  readonly ingress: string;
  readonly setup: readonly ObjectChange[];
  readonly faults: readonly FaultPlan[];
  readonly lockKeys: readonly string[];
  /** Per probe: requests that will be in flight at once, from rate x (delay or timeout). */
  readonly inFlight: readonly { readonly probe: string; readonly needed: number; readonly allowed: number }[];
  readonly duration: Millis;
  readonly findings: readonly Finding[];
}

/** The namespaces that a plan writes to or whose workloads it hits, for the guard. */
export function namespacesOf({ setup, faults }: Plan): readonly string[] {
  const changes = [...setup, ...faults.flatMap((it) => it.changes)];
  const hit = faults.flatMap((it) => it.namespaces ?? []);
  return [...new Set([...changes.flatMap((it) => it.object.namespace ?? []), ...hit])];
}
