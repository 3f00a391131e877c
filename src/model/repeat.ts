import type { Verdict } from './verdict.ts';

/** Which of how many times an experiment runs, counted from 1. */
export interface Round {
  /** The name that the file gives it. */
  readonly of: string;
  readonly round: number;
  readonly rounds: number;
}

/** What the rounds of one experiment add up to. */
export interface RepeatSummary {
  /** The name that the file gives it. */
  readonly experiment: string;
  readonly verdicts: Readonly<Partial<Record<Verdict, number>>>;
  /** Rounds that ran to their end did not all have the same verdict. */
  readonly flaky: boolean;
  readonly probes: readonly RepeatedProbe[];
}

/** How often one statement of the hypothesis held under the fault and after it. */
export interface RepeatedProbe {
  readonly probe: string;
  readonly held: number;
  /** Rounds in which it held or broke; the others say nothing about it. */
  readonly decided: number;
  readonly confidence: number;
  /** Where the share of rounds in which it holds lies (Clopper-Pearson). */
  readonly between: readonly [low: number, high: number];
}
