import type { Millis } from './clock.ts';
import type { Conclusion } from './conclusion.ts';
import type { SerializedError } from './errors.ts';
import type { Drift, ExperimentHead, JudgedBefore, RunTarget, Step, StopSignal } from './event.ts';
import type { Finding } from './finding.ts';
import type { Phase } from './phase.ts';
import type { Plan } from './plan.ts';
import type { ProbeResult } from './probe-result.ts';
import type { Explanation } from './proof.ts';
import type { RepeatSummary } from './repeat.ts';
import type { RecoveryWatch } from './recovery.ts';
import type { Stopped } from './stop-condition.ts';
import type { RunnerLoad } from './runner-load.ts';
import type { Verdict } from './verdict.ts';

/** A run folded from its journal: all that reporters may use. A torn journal folds too; what is missing stays absent. */
export interface RunRecord {
  readonly runId: string;
  readonly startedAt: string;
  readonly version: string;
  readonly target: RunTarget;
  readonly seed?: number;
  /** The files by which its journal was judged again. */
  readonly rejudgedBy?: readonly string[];
  readonly experiments: readonly ExperimentRecord[];
  /** Where experiments were repeated. */
  readonly repeats?: readonly RepeatSummary[];
  readonly interruptedBy?: StopSignal;
  /** Of commands that run an experiment more than once to find something out. */
  readonly conclusion?: Conclusion;
  readonly exitCode?: number;
  readonly durationMs?: Millis;
}

export interface ExperimentRecord {
  readonly head: ExperimentHead;
  readonly target: RunTarget;
  readonly startedMs?: Millis;
  readonly ingress?: { readonly url: string; readonly host: string; readonly how: string };
  readonly plan?: Plan;
  readonly findings: readonly Finding[];
  readonly steps: readonly StepRecord[];
  readonly phases: Readonly<Partial<Record<Phase, PhaseRecord>>>;
  readonly faults: readonly FaultRecord[];
  /** The stop condition that came true. */
  readonly stopped?: Stopped;
  readonly drift: readonly Drift[];
  readonly notes: readonly string[];
  readonly recovered?: boolean;
  readonly recoveryMs?: Millis;
  readonly recovery?: RecoveryWatch;
  /** Absent when the journal ends before the experiment did. */
  readonly verdict?: Verdict;
  readonly reasons: readonly string[];
  /** Where it was judged again. */
  readonly before?: JudgedBefore;
  readonly durationMs?: Millis;
  readonly overheadMs?: Millis;
}

export interface StepRecord {
  readonly step: Step;
  readonly title: string;
  readonly startedMs: Millis;
  readonly durationMs?: Millis;
  readonly error?: SerializedError;
}

export interface PhaseRecord {
  readonly startedMs: Millis;
  readonly durationMs?: Millis;
  /** How busy the runner was meanwhile. */
  readonly runner?: RunnerLoad;
  readonly results: readonly ProbeResult[];
}

export interface FaultRecord {
  readonly name: string;
  readonly driver: string;
  readonly targets: readonly string[];
  readonly injected: boolean;
  readonly proven?: boolean;
  readonly explanation?: Explanation;
  readonly timeToEffectMs?: Millis;
  readonly undone?: boolean;
  readonly timeToGoneMs?: Millis;
  readonly evidence: readonly string[];
  readonly manual: readonly string[];
}
