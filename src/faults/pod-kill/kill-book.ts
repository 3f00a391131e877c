import type { Millis } from '../../model/clock.ts';
import type { FaultHandle } from '../../model/fault.ts';
import type { ObjectMemory } from '../../undo/object-memory.ts';
import type { PodId } from './handle.ts';

/** What one process has done and seen of one kill. */
export interface KillRecord {
  /** Every pod that was killed, oldest first. */
  readonly killed: PodId[];
  /** Rounds that killed somebody. */
  rounds: number;
  /** Why the last round that killed nobody did not. */
  spared?: string;
  /** When the last pod was killed, and when the owners were first seen to have their replicas back after that. */
  killedAt?: Millis;
  healedAt?: Millis;
}

/** Records by fault. A kill leaves no mark in the cluster, so this is all that is known of rounds after the first. */
export interface KillBook {
  readonly memory: ObjectMemory;
  of(handle: FaultHandle): KillRecord;
}

/** An empty book. */
export function createKillBook(memory: ObjectMemory): KillBook {
  const records = new Map<string, KillRecord>();
  return {
    memory,
    of(handle) {
      // The data too: another experiment of the run, or another round of this one, may have a fault of the same name.
      const key = JSON.stringify(handle);
      const record = records.get(key) ?? { killed: [], rounds: 0 };
      records.set(key, record);
      return record;
    },
  };
}
