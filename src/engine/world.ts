import type { Cluster } from '../cluster/cluster.ts';
import type { Ingress } from '../cluster/ingress.ts';
import type { FaultDriver } from '../faults/driver.ts';
import type { RunTarget } from '../model/event.ts';
import type { Experiment } from '../model/experiment.ts';
import type { Finding } from '../model/finding.ts';
import type { Plan } from '../model/plan.ts';
import type { OpenSampler } from '../probes/sampler.ts';
import type { SetupDriver } from '../undo/setup.ts';

/** The exclusive use of one target. */
export interface Lock {
  readonly key: string;
  /** Aborted when somebody else may have taken it over. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

/** A cluster (or a sandbox) and all that is needed to run experiments on it. */
export interface World {
  readonly target: RunTarget;
  readonly cluster: Cluster;
  readonly setup: SetupDriver;
  readonly openSampler: OpenSampler;
  readonly drivers: readonly FaultDriver[];
  /** The user accepts that finalizers are taken off by force. */
  readonly forceFinalizer: boolean;
  /** How many files and sockets this process may open; undefined where that is not known. */
  openFiles(): number | undefined;
  /** What the team's policy refuses about it, each a finding of severity error; reads only. */
  checkPolicy(experiment: Experiment, plan: Plan, signal: AbortSignal): Promise<readonly Finding[]>;
  findIngress(experiment: Experiment, signal: AbortSignal): Promise<Ingress>;
  /** What stands in the way of locking these keys; reads only. */
  checkLocks(keys: readonly string[], signal: AbortSignal): Promise<readonly Finding[]>;
  /** Throws `LOCKED` when a live run holds the target. */
  lock(key: string, signal: AbortSignal): Promise<Lock>;
  /** Ids of the runs that hold a lock and are alive; where one look does not tell, this waits until it is sure, or not. */
  liveRuns(signal: AbortSignal, sure?: boolean): Promise<ReadonlySet<string>>;
  close(): Promise<void>;
}
