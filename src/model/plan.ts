import type { Millis } from './clock.ts';
import type { Finding } from './finding.ts';
import type { ObjectRef } from './kubernetes.ts';

/** One write that a run will make to the cluster. `diff` is a unified diff of the object's YAML. */
export interface ObjectChange {
  readonly verb: 'create' | 'update' | 'delete';
  readonly object: ObjectRef;
  readonly diff: string;
}

/** Pods of which a fault hits at most `take` in the course of an experiment. */
export interface PodReach {
  readonly candidates: readonly {
    /** `default/ratings-1`. */
    readonly name: string;
    /** What it belongs to: its owner, as `Deployment default/ratings`, and `Namespace default`. */
    readonly owner: string;
    readonly namespace: string;
  }[];
  readonly take: number;
  /** How many pods run in each of those owners and namespaces. */
  readonly sizes: Readonly<Record<string, number>>;
}

/** Whom a fault can hit, as plain data that a policy is held against. */
export interface FaultReach {
  readonly pods?: PodReach;
  /** Nodes of which it hits at most `take`; `of` is how many there are. */
  readonly nodes?: { readonly candidates: readonly string[]; readonly take: number; readonly of: number };
  /** What has to carry the labels that a policy asks of workloads. */
  readonly workloads: readonly { readonly name: string; readonly labels: Readonly<Record<string, string>> }[];
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
  /** Absent where it could not be worked out; then findings say why. */
  readonly reach?: FaultReach;
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
