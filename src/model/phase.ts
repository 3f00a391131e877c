import type { Millis } from './clock.ts';

export const PHASES = ['baseline', 'fault', 'recovery'] as const;

/** The three stretches of a run in which samples are judged. */
export type Phase = (typeof PHASES)[number];

export interface PhasePlan {
  readonly baseline: Millis;
  readonly fault: Millis;
  readonly recovery: {
    /** Longest wait for the hypothesis to hold again. */
    readonly within: Millis;
    /** How long it must then keep holding. */
    readonly stable: Millis;
  };
}
