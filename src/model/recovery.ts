import type { Millis } from './clock.ts';

/** How the system came back, or did not. Instants count from the write that took the last fault back. */
export interface RecoveryWatch {
  /** From when on the hypothesis was watched: nothing is known of the time before. */
  readonly watchedFromMs: Millis;
  /** Width of the buckets of all curves. */
  readonly bucketMs: Millis;
  readonly probes: readonly ProbeRecovery[];
}

/** What one probe saw of it. */
export interface ProbeRecovery {
  readonly probe: string;
  /** `late`: good again at the end, but not in time; `undecided`: neither good nor bad for certain. */
  readonly state: 'recovered' | 'late' | 'broken' | 'undecided';
  /** From when it held to the end of the watch, all by itself. Present when it recovered or was late in holding. */
  readonly recoveryMs?: Millis;
  /** How often it broke again after it had held for `stable`. */
  readonly relapses: number;
  /** What stayed broken, since when, and how it differs from the baseline; absent when it recovered. */
  readonly detail?: string;
  /** The requests by when they were due; buckets in which none was due are left out. */
  readonly curve: readonly RecoveryBucket[];
}

export interface RecoveryBucket {
  /** Its beginning. */
  readonly atMs: Millis;
  readonly samples: number;
  readonly good: number;
  /** Of requests that were answered or timed out. */
  readonly p50?: Millis;
  readonly max?: Millis;
}
