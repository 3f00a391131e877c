import type { Cluster } from '../cluster/cluster.ts';
import type { Clock, Millis } from '../model/clock.ts';
import type { Drift } from '../model/event.ts';
import type { Experiment } from '../model/experiment.ts';
import type { Fault, FaultHandle, FaultSpec } from '../model/fault.ts';
import type { Finding } from '../model/finding.ts';
import type { Json } from '../model/json.ts';
import type { FaultPlan } from '../model/plan.ts';
import type { Explanation } from '../model/proof.ts';

/** What a driver may use. Drivers never read the clock, the environment or the process by another way. */
export interface DriverContext {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The user accepts that a finalizer is taken off an object whose controller does not do so; never by default. */
  readonly forceFinalizer?: boolean;
}

/** A fault that preflight has looked at: what it would do, and the handle that undoes it, known before anything is written. */
export interface PreparedFault<Spec extends FaultSpec = FaultSpec> {
  readonly fault: Fault<Spec>;
  readonly plan: FaultPlan;
  readonly findings: readonly Finding[];
  readonly handle: FaultHandle;
}

/** What a fault does to requests, as far as the time to see it depends on it. */
export interface Effect {
  /** Longest that a request is held up on purpose. */
  readonly delay: Millis;
  /** Shortest that a request which the fault hit is held up. */
  readonly heldUp: Millis;
  /** How long the effect may take to be seen, and as long its end. */
  readonly deadline: Millis;
  /** Every matching request shows it. */
  readonly always: boolean;
}

/** What an injection leaves for `observe`: plain data, e.g. counters read just before the write. */
export interface Injected {
  readonly baseline: Json;
  /** Monotonic instant just before the write; time to effect counts from it. Absent: from the return of `inject`. */
  readonly writtenAt?: Millis;
  /** Warnings of the API server. */
  readonly warnings: readonly string[];
}

/**
 * pending: not seen yet. active: seen to bite. partial: some targets only. ended: over before we took it back.
 * gone: seen not to bite any more. stuck: cannot be taken back by itself.
 */
export type ObservedState = 'pending' | 'active' | 'partial' | 'ended' | 'gone' | 'stuck';

export interface Observation {
  readonly state: ObservedState;
  /** What was seen, in one sentence with numbers. */
  readonly detail: string;
  /** Requests hit since the injection, by caller; absent where that is not known of every caller. */
  readonly hits?: Readonly<Record<string, number>>;
  /** Foreign changes to the objects we marked. */
  readonly drift: readonly Drift[];
  /** How long it took to be gone, from the fault's last act, where the driver has seen that itself. */
  readonly tookMs?: Millis;
}

export interface RollbackResult {
  /** Monotonic instant of the write that took the fault back; absent when there was nothing to take back. */
  readonly writtenAt?: Millis;
  /** Differences between what is there now and what was there before us, other than our own. */
  readonly drift: readonly Drift[];
  readonly detail: string;
}

/** A mark of ours found in the cluster, by whatever run. */
export interface Leftover {
  readonly handle: FaultHandle;
  readonly where: string;
  readonly undoCommands: readonly string[];
  /** When the API server saw our last write to the object, by its own clock; absent where it does not say. */
  readonly markedAt?: Millis;
}

/**
 * One kind of fault. `rollback` is idempotent, works from any process with nothing but the handle, and after a
 * partial injection or none at all; it throws when it cannot be shown to have worked.
 */
export interface FaultDriver<Spec extends FaultSpec = FaultSpec> {
  readonly name: Spec['driver'];
  /**
   * Nothing is taken back: the system under test heals by itself. `verifyGone` then says whether it has, and what has not
   * healed within the experiment's recovery time is a recovery that failed, not a rollback.
   */
  heals?(fault: Fault<Spec>): boolean;
  /** One line for people, e.g. `7s delay on ratings for end-user=jason`. */
  title(fault: Fault<Spec>): string;
  effect(fault: Fault<Spec>): Effect;
  /** Offline: what the file alone shows to be wrong. */
  validate(fault: Fault<Spec>, experiment: Experiment): readonly Finding[];
  /** Reads only. Findings of severity error stop the run. */
  preflight(
    run: string,
    fault: Fault<Spec>,
    experiment: Experiment,
    context: DriverContext,
  ): Promise<PreparedFault<Spec>>;
  /** Writes the fault and its undo in one request. Retries conflicts on freshly read objects. */
  inject(prepared: PreparedFault<Spec>, context: DriverContext): Promise<Injected>;
  /** Reads only: is it biting? */
  observe(handle: FaultHandle, injected: Injected, context: DriverContext): Promise<Observation>;
  /** Reads only, once before the fault is taken back: what others added meanwhile that leads requests past it. */
  bypasses?(prepared: PreparedFault<Spec>, context: DriverContext): Promise<readonly Drift[]>;
  /**
   * Reads only, while the fault is in and the time of its proof is over: why it was not seen to bite. Requests that should
   * have shown it go on meanwhile.
   */
  explain?(
    prepared: PreparedFault<Spec>,
    injected: Injected,
    experiment: Experiment,
    context: DriverContext,
  ): Promise<Explanation>;
  rollback(handle: FaultHandle, context: DriverContext): Promise<RollbackResult>;
  /** Reads only, once after the recovery: what others changed on the fault's objects since they were looked at last. */
  changes?(handle: FaultHandle, context: DriverContext): Promise<readonly Drift[]>;
  /** Reads only: is it gone? `since` is what `observe` or rollback saw last, where known. */
  verifyGone(handle: FaultHandle, injected: Injected | undefined, context: DriverContext): Promise<Observation>;
  /**
   * For faults that act again and again: acts until the context's signal is aborted, which happens before `rollback`.
   * What it throws ends the fault phase.
   */
  keepUp?(prepared: PreparedFault<Spec>, context: DriverContext): Promise<void>;
  /** Every fault of this kind, of any run, that is marked in the cluster. */
  leftovers(context: DriverContext): Promise<readonly Leftover[]>;
}
