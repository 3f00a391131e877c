/** Milliseconds. Durations and monotonic instants are both plain numbers in this unit. */
export type Millis = number;

/** Where time comes from. The runner never reads the system's clock by another way, so tests can step it. */
export interface Clock {
  /** Monotonic milliseconds since an arbitrary start. */
  now(): Millis;
  /** Wall-clock time, for reports and leases only. */
  wall(): Date;
  /** Resolves after `ms`; rejects with the signal's reason as soon as it is aborted. */
  sleep(ms: Millis, signal?: AbortSignal): Promise<void>;
}
