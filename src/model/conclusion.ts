import type { Millis } from './clock.ts';

/** What a command that runs one experiment more than once has found out by it. */
export type Conclusion = FixConclusion | CliffConclusion;

interface Concluded {
  /** What the command ends with, in place of what the verdicts alone would say. */
  readonly exitCode: number;
  /** The answer first, then what it rests on. */
  readonly sentences: readonly string[];
  /** Experiments whose red is part of the answer and no failure of the run: reports do not count them as such. */
  readonly asked: readonly string[];
}

/** Whether a fix fixes. */
export interface FixConclusion extends Concluded {
  readonly command: 'verify-fix';
  readonly outcome: 'fixed' | 'no-weakness' | 'not-fixed' | 'regression' | 'undecided';
  /** Names of the two experiments. */
  readonly before: string;
  readonly after: string;
}

/** How long a delay may be. */
export interface CliffConclusion extends Concluded {
  readonly command: 'cliff';
  /** `holds` and `fails`: at every delay that was tried. */
  readonly outcome: 'found' | 'holds' | 'fails' | 'not-monotone' | 'undecided';
  readonly fault: string;
  readonly from: Millis;
  readonly to: Millis;
  readonly precision: Millis;
  /** Longest delay that held, and shortest that did not, next to each other. */
  readonly holdsUpTo?: Millis;
  readonly failsFrom?: Millis;
  /** In the order in which they were measured. */
  readonly points: readonly CliffPoint[];
  readonly waits: readonly Wait[];
}

/** The experiment under one delay. */
export interface CliffPoint {
  readonly delay: Millis;
  /** Name of the experiment. */
  readonly experiment: string;
  readonly verdict: CliffVerdict;
  readonly why: string;
  readonly probes: readonly PointProbe[];
}

/** Whether the hypothesis holds; open where a run did not decide it. */
export type CliffVerdict = 'holds' | 'fails' | 'open';

/** One probe while the delay was in. */
export interface PointProbe {
  readonly probe: string;
  readonly samples: number;
  /** Absent where nothing was answered. */
  readonly latency?: { readonly min: Millis; readonly p50: Millis; readonly max: Millis };
  /** The quickest answer without the fault. */
  readonly unhurried?: Millis;
  readonly statuses: Readonly<Record<string, number>>;
  /** Requests that got no whole answer, by kind. */
  readonly errors: Readonly<Record<string, number>>;
}

/** What the times of one probe say about somebody on the way who gives up. All are times beyond those without the fault. */
export interface Wait {
  readonly probe: string;
  /** Answers take the delay this many times over, up to here. */
  readonly follows: { readonly times: number; readonly upTo: Millis };
  /** From this delay on they take a time of their own, whatever the delay. */
  readonly plateau: { readonly from: Millis; readonly to: Millis; readonly latency: Millis };
  /** Somebody gives up after a time between these. */
  readonly timeout: { readonly low: Millis; readonly high: Millis };
  /** How often they wait; absent where the times do not say. */
  readonly attempts?: number;
  /** What the plateau takes beyond the attempts (pauses, or other work), where it is more than the tolerance. */
  readonly rest?: Millis;
  /** By how much the times may be off. */
  readonly tolerance: Millis;
}
