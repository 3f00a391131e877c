import type { Millis } from './clock.ts';
import type { Phase } from './phase.ts';
import type { Verdict } from './verdict.ts';

/** How the second of two things is beside the first; `changed` is neither better nor worse. */
export type Direction = 'same' | 'better' | 'worse' | 'changed';

/** Two runs beside each other. */
export interface RunDiff {
  readonly before: DiffedRun;
  readonly after: DiffedRun;
  /** So often (0..1) not one figure is marked when both runs were of one system. */
  readonly confidence: number;
  /** How many figures could have been marked. */
  readonly tests: number;
  readonly experiments: readonly ExperimentDiff[];
  /** Names of experiments that only one of the runs had. */
  readonly onlyBefore: readonly string[];
  readonly onlyAfter: readonly string[];
}

export interface DiffedRun {
  readonly runId: string;
  readonly startedAt: string;
}

export interface ExperimentDiff {
  readonly name: string;
  readonly before: Verdict;
  readonly after: Verdict;
  readonly direction: Direction;
  /** Of the second verdict. */
  readonly reasons: readonly string[];
  /** What could not be compared, and why. */
  readonly notes: readonly string[];
  readonly times: readonly TimeDiff[];
  readonly figures: readonly FigureDiff[];
}

/** Something that a run measures once, so that nobody can tell chance from change. */
export interface TimeDiff {
  /** `time to effect of slow ratings`, `recovery`. */
  readonly what: string;
  readonly before?: Millis;
  readonly after?: Millis;
}

/** A share or a percentile over the requests of a probe in a phase. */
export interface FigureDiff {
  readonly phase: Phase;
  readonly probe: string;
  /** `good`, `p95`, `status 503`, `error timeout`. */
  readonly figure: string;
  /** Shares are 0..1, percentiles milliseconds. */
  readonly unit: 'share' | 'ms';
  readonly before: Figure;
  readonly after: Figure;
  readonly direction: Direction;
}

export interface Figure {
  readonly value: number;
  /** Where it lies, by the confidence of its own run; null where so few requests give no bound. */
  readonly between?: readonly [low: number | null, high: number | null];
  /** Requests that it was taken over. */
  readonly samples: number;
}
