import type { StoredObject } from '../store.ts';

/** The store's name of ChaosBlade custom resources. */
export const BLADES = 'chaosblades.chaosblade.io';
/** Where the operator and its tool pods live. */
export const NAMESPACE = 'chaosblade';
export const FINALIZER = 'finalizer.chaosblade.io';

export interface Matcher {
  readonly name: string;
  readonly value: readonly string[];
}

export interface Experiment {
  readonly scope: string;
  readonly target: string;
  readonly action: string;
  readonly matchers?: readonly Matcher[];
}

export interface BladeSpec {
  readonly experiments: readonly Experiment[];
}

export type Phase = '' | 'Initialized' | 'Running' | 'Updating' | 'Destroying' | 'Destroyed' | 'Error';
export type State = 'Success' | 'Error' | 'Destroyed';

/** What became of one target. */
export interface ResStatus {
  /** The experiment's uid in the tool pod; absent where no tool was asked. */
  readonly id?: string;
  readonly kind: string;
  readonly identifier: string;
  readonly state: State;
  readonly success: boolean;
  readonly error?: string;
}

export interface ExpStatus {
  readonly scope: string;
  readonly target: string;
  readonly action: string;
  readonly success: boolean;
  readonly state: State;
  readonly error?: string;
  readonly resStatuses?: readonly ResStatus[];
}

export interface BladeStatus {
  readonly phase?: Phase;
  /** Null where Go's nil slice is written. */
  readonly expStatuses: readonly ExpStatus[] | null;
}

export interface Blade extends StoredObject {
  spec: BladeSpec;
  status?: BladeStatus;
}

export function phaseOf({ status }: Blade): Phase {
  return status?.phase ?? '';
}

export function isLeaving({ metadata }: Blade): boolean {
  return metadata.deletionTimestamp !== undefined;
}
