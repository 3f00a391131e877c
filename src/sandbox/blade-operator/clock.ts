import { setTimeout as wait } from 'node:timers/promises';

/** Time as operator and tool pods see it. */
export interface BladeClock {
  /** Rejects when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const realClock: BladeClock = {
  sleep: (ms, signal) => wait(ms, undefined, { signal, ref: false }),
};

/** How long things take, milliseconds. */
export interface BladeDelays {
  /** From an event to the operator acting on it. */
  readonly reconcileMs: number;
  /** One command in a tool pod, on average; each takes between half and one and a half of it. */
  readonly execMs: number;
}
