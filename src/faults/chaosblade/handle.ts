import type { Millis } from '../../model/clock.ts';
import type { FaultHandle } from '../../model/fault.ts';
import type { JsonObject } from '../../model/json.ts';
import type { ObjectRef } from '../../model/kubernetes.ts';
import type { BladeTarget } from './targets.ts';

/** A controller whose pods a pod delete takes away, and how many of them were ready before. */
export interface Owner {
  readonly namespace: string;
  readonly uid: string;
  readonly name: string;
  readonly ready: number;
}

/** A ChaosBlade fault handle's data: plain, and enough to undo the fault and to say how by hand. */
export interface BladeHandleData {
  /** Of the custom resource. */
  readonly name: string;
  readonly scope: string;
  readonly target: string;
  readonly action: string;
  readonly interface: string | null;
  readonly timeoutMs: Millis | null;
  readonly candidates: readonly BladeTarget[];
  readonly take: number;
  /** A probe shows the effect; the status is then only told. */
  readonly hasProof: boolean;
  /** Of pods that are deleted; empty otherwise. */
  readonly owners: readonly Owner[];
}

/** A handle as plain data. */
export function encodeHandle(run: string, fault: string, data: BladeHandleData): FaultHandle {
  return { driver: 'chaosblade', run, fault, data: data as unknown as JsonObject };
}

/** The data of a handle that this driver made. */
export function decodeHandle({ data }: FaultHandle): BladeHandleData {
  return data as unknown as BladeHandleData;
}

/** The reference to a resource by its name. */
export function bladeRef(name: string): ObjectRef {
  return { apiVersion: 'chaosblade.io/v1alpha1', kind: 'ChaosBlade', name };
}

/** `ChaosBlade holdfast-...`, as in messages and leftovers. */
export function describeBlade(name: string): string {
  return `ChaosBlade ${name}`;
}
