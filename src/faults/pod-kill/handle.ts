import type { FaultHandle } from '../../model/fault.ts';
import type { JsonObject } from '../../model/json.ts';

/** One pod, and not another of its name. */
export interface PodId {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** Who replaces pods that go, and how many were ready before anything was killed. */
export interface OwnerId {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly desired: number;
  readonly ready: number;
}

/** A pod kill's handle data. A kill cannot be undone: this is what is needed to see that it healed. */
export interface PodKillHandleData {
  readonly seed: number;
  /** Whether there was anything to draw. */
  readonly drawn: boolean;
  readonly namespace: string;
  /** The pods of the first round, as planned. */
  readonly victims: readonly PodId[];
  /** The owners of every pod that may be killed. */
  readonly owners: readonly OwnerId[];
}

/** A handle as plain data. */
export function encodeHandle(run: string, fault: string, data: PodKillHandleData): FaultHandle {
  return { driver: 'pod-kill', run, fault, data: data as unknown as JsonObject };
}

/** The data of a handle that this driver made. */
export function decodeHandle(handle: FaultHandle): PodKillHandleData {
  return handle.data as unknown as PodKillHandleData;
}
