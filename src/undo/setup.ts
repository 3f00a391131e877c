import type { DriverContext, RollbackResult } from '../faults/driver.ts';
import type { Millis } from '../model/clock.ts';
import type { HoldfastError } from '../model/errors.ts';
import type { SetupManifest } from '../model/experiment.ts';
import type { KubernetesObject, ObjectRef } from '../model/kubernetes.ts';
import type { ObjectChange } from '../model/plan.ts';
import type { Finding } from '../model/finding.ts';

/** Everything needed to put one object back, from any machine; the original is in the object's own undo annotation. */
export interface SetupHandle {
  readonly run: string;
  readonly object: ObjectRef;
}

export interface PreparedSetup {
  readonly changes: readonly ObjectChange[];
  readonly lockKeys: readonly string[];
  readonly findings: readonly Finding[];
  /** In order of application; undone in reverse. */
  readonly handles: readonly SetupHandle[];
  /** What `apply` writes, one for each handle and in the same order. */
  readonly objects?: readonly KubernetesObject[];
}

export interface UndoOptions {
  /** Only what carries our marks: who has lost the lock does not know whose what it remembers is by now. */
  readonly onlyMarked?: boolean;
}

/** The situation under test: applied before the baseline, put back after recovery, by the same undo protocol as faults. */
export interface SetupDriver {
  /** Reads only. Objects without a namespace go to `namespace`. */
  prepare(
    run: string,
    manifests: readonly SetupManifest[],
    namespace: string,
    context: DriverContext,
  ): Promise<PreparedSetup>;
  /** Writes one object and its undo in one request. */
  apply(prepared: PreparedSetup, handle: SetupHandle, context: DriverContext): Promise<void>;
  /** Idempotent; also when the object was never applied. Foreign edits stay and are reported as drift. */
  undo(handle: SetupHandle, context: DriverContext, options?: UndoOptions): Promise<RollbackResult>;
  /** Tells `onHidden` of each kind that this identity may not list: setups of others may be there. */
  leftovers(context: DriverContext, onHidden?: OnHidden): Promise<readonly SetupLeftover[]>;
}

/** Told of a kind of object, e.g. `ConfigMap`, and why it may not be listed. */
export type OnHidden = (kind: string, error: HoldfastError) => void;

/** A setup found in the cluster, of whatever run. */
export interface SetupLeftover {
  readonly handle: SetupHandle;
  readonly undoCommands: readonly string[];
  /** When the API server saw our last write to the object, by its own clock; absent where it does not say. */
  readonly markedAt?: Millis;
}
