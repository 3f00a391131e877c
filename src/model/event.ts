import type { Asked } from './asked.ts';
import type { Millis } from './clock.ts';
import type { Conclusion } from './conclusion.ts';
import type { SerializedError } from './errors.ts';
import type { ExperimentFacts } from './facts.ts';
import type { FaultHandle } from './fault.ts';
import type { Finding } from './finding.ts';
import type { ObjectRef } from './kubernetes.ts';
import type { Phase, PhasePlan } from './phase.ts';
import type { Plan } from './plan.ts';
import type { ProbeResult } from './probe-result.ts';
import type { Explanation } from './proof.ts';
import type { RepeatSummary, Round } from './repeat.ts';
import type { RecoveryWatch } from './recovery.ts';
import type { RunnerLoad } from './runner-load.ts';
import type { Sample } from './sample.ts';
import type { ExpectedVerdict } from './experiment.ts';
import type { StopCondition, Stopped } from './stop-condition.ts';
import type { Verdict } from './verdict.ts';

/** The steps of a run, in order (design: the life of a run). */
export const STEPS = [
  'connect',
  'guard',
  'plan',
  'preflight',
  'lock',
  'setup',
  'baseline',
  'inject',
  'prove',
  'fault',
  'rollback',
  'prove-gone',
  'recovery',
  'undo-setup',
  'unlock',
] as const;
export type Step = (typeof STEPS)[number];

export interface RunTarget {
  readonly kind: 'cluster' | 'sandbox';
  readonly context: string;
  readonly server: string;
}

export interface ExperimentHead {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly description: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly phases: PhasePlan;
  readonly probes: readonly { readonly name: string; readonly line: number; readonly during: readonly Phase[] }[];
  readonly faults: readonly {
    readonly name: string;
    readonly line: number;
    readonly driver: string;
    readonly title: string;
  }[];
  /** The stop conditions. */
  readonly abortWhen?: readonly Pick<StopCondition, 'name' | 'line'>[];
  readonly expected?: ExpectedVerdict;
  /** Absent in journals of before. */
  readonly asked?: Asked;
  readonly round?: Round;
}

/** The verdict of a run before its journal was judged again. */
export interface JudgedBefore {
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
}

/** Ends of a mutation: what was written, so that a reader of a torn journal knows what may be in the cluster. */
export type Mutation =
  | { readonly what: 'lock' | 'unlock'; readonly key: string }
  | { readonly what: 'setup' | 'undo-setup'; readonly object: ObjectRef }
  | { readonly what: 'inject' | 'rollback'; readonly handle: FaultHandle };

/** Somebody else changed an object while we had our mark on it. */
export interface Drift {
  readonly object: ObjectRef;
  /** One line: who (field manager and the time of the write, where known) and what. */
  readonly detail: string;
  /** The field managers that wrote, as `metadata.managedFields` names them. */
  readonly by?: readonly { readonly manager: string; readonly time: string }[];
  /** What they changed: a unified diff of the object's YAML, long ones cut short. */
  readonly diff?: string;
}

/**
 * One line of the journal. `t` is milliseconds since the run started (monotonic); `experiment` names the experiment it
 * belongs to. Reports are pure functions of these events; nothing may be printed that is not in them.
 */
export type JournalEvent = { readonly t: Millis } & (
  | {
      readonly type: 'run-started';
      readonly schemaVersion: 1;
      readonly runId: string;
      readonly startedAt: string;
      readonly version: string;
      readonly target: RunTarget;
      /** From which every random choice of the runner follows; absent in journals of before. */
      readonly seed?: number;
      readonly experiments: readonly ExperimentHead[];
      /** The files by which the journal was judged again; only in what is made of a journal, never in one. */
      readonly rejudgedBy?: readonly string[];
    }
  | ({ readonly experiment: string } & ExperimentEvent)
  | { readonly type: 'signal'; readonly signal: StopSignal; readonly count: number }
  /** One more than the run began with, chosen by what came of those. */
  | { readonly type: 'experiment-added'; readonly head: ExperimentHead }
  | { readonly type: 'concluded'; readonly conclusion: Conclusion }
  | { readonly type: 'repeated'; readonly repeats: readonly RepeatSummary[] }
  | { readonly type: 'run-ended'; readonly exitCode: number; readonly durationMs: Millis }
);

/** What ends a run early; HUP comes when its terminal or its session goes away. */
export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

export type ExperimentEvent =
  | { readonly type: 'experiment-started'; readonly head: ExperimentHead; readonly target: RunTarget }
  | { readonly type: 'step-started'; readonly step: Step; readonly title: string }
  | { readonly type: 'step-ended'; readonly step: Step; readonly durationMs: Millis; readonly error?: SerializedError }
  | { readonly type: 'ingress-found'; readonly url: string; readonly host: string; readonly how: string }
  | { readonly type: 'finding'; readonly finding: Finding }
  | { readonly type: 'planned'; readonly plan: Plan }
  | { readonly type: 'mutating'; readonly mutation: Mutation }
  | { readonly type: 'mutated'; readonly mutation: Mutation }
  | { readonly type: 'phase-started'; readonly phase: Phase; readonly plannedMs: Millis }
  | { readonly type: 'samples'; readonly phase: Phase; readonly probe: string; readonly samples: readonly Sample[] }
  | {
      readonly type: 'phase-ended';
      readonly phase: Phase;
      readonly durationMs: Millis;
      /** Absent where the sampler does not tell. */
      readonly runner?: RunnerLoad;
      readonly results: readonly ProbeResult[];
    }
  | {
      readonly type: 'fault-injected';
      readonly fault: string;
      readonly driver: string;
      readonly targets: readonly string[];
    }
  | {
      readonly type: 'fault-proven';
      readonly fault: string;
      readonly proven: boolean;
      /** From the write that injected it to the first of the consecutive positives. */
      readonly timeToEffectMs?: Millis;
      readonly evidence: readonly string[];
      /** Why it was not proven, where somebody looked. */
      readonly explanation?: Explanation;
    }
  | {
      readonly type: 'fault-undone';
      readonly fault: string;
      readonly undone: boolean;
      /** From the write that took it back to the first of the consecutive negatives. */
      readonly timeToGoneMs?: Millis;
      readonly evidence: readonly string[];
      /** Commands for a person, when `undone` is false. */
      readonly manual: readonly string[];
    }
  /** Requests sent for stop conditions alone: of the condition, or as the probe, of that name. Nothing else is judged by them. */
  | { readonly type: 'canary-samples'; readonly watched: string; readonly samples: readonly Sample[] }
  /** A stop condition came true. */
  | { readonly type: 'aborted'; readonly stopped: Stopped }
  | { readonly type: 'drift'; readonly drift: Drift }
  | {
      readonly type: 'recovered';
      readonly recovered: boolean;
      readonly recoveryMs?: Millis;
      /** The rollback that `recoveryMs` counts from, on the clock of the samples; absent where nobody waited for a recovery. */
      readonly rolledBackMs?: Millis;
      readonly detail: string;
      /** What was seen meanwhile: a pure function of the samples and of `rolledBackMs`. */
      readonly watch?: RecoveryWatch;
    }
  | { readonly type: 'note'; readonly text: string }
  | {
      readonly type: 'experiment-ended';
      readonly verdict: Verdict;
      readonly reasons: readonly string[];
      readonly durationMs: Millis;
      /** Duration less the time spent in the declared phases. */
      readonly overheadMs: Millis;
      /** All that the verdict rests on besides the samples; absent in journals of before and where nothing was started. */
      readonly facts?: Omit<ExperimentFacts, 'results'>;
      /** What the verdict was when the run was made, where it was judged again. */
      readonly before?: JudgedBefore;
    };
