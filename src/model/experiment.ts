import type { Fault } from './fault.ts';
import type { HypothesisProbe, SessionSpec } from './hypothesis.ts';
import type { KubernetesObject } from './kubernetes.ts';
import type { PhasePlan } from './phase.ts';
import type { SourceLocation, SourceRange } from './source.ts';
import type { Round } from './repeat.ts';
import type { StopCondition } from './stop-condition.ts';

/** Overrides of ingress discovery. */
export interface IngressSpec {
  /** `[namespace/]name` of the Gateway object. */
  readonly gateway?: string;
  /** Host header and SNI. */
  readonly host?: string;
  /** Skips discovery. */
  readonly url?: string;
}

/** One manifest of the situation under test, already read and parsed. */
export interface SetupManifest {
  readonly file: string;
  readonly objects: readonly KubernetesObject[];
}

/** The verdict an experiment is known to give until its weakness is fixed. */
export interface ExpectedVerdict {
  readonly verdict: 'failed';
  readonly because: string;
}

/** One experiment, checked and resolved: defaults filled in, durations in milliseconds, references replaced. */
export interface Experiment {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly description: string;
  readonly source: SourceLocation;
  /** Where the keys of `spec` stand, by path as text: `spec.faults[0].delay`. `placeOf` reads it. */
  readonly places?: Readonly<Record<string, SourceRange>>;
  /** Where short service names resolve. */
  readonly namespace: string;
  readonly ingress: IngressSpec;
  readonly sessions: Readonly<Record<string, SessionSpec>>;
  readonly setup: readonly SetupManifest[];
  readonly phases: PhasePlan;
  /** Of verdicts on shares and percentiles under the fault, 0..1; `DEFAULT_CONFIDENCE` when absent. */
  readonly confidence?: number;
  readonly hypothesis: readonly HypothesisProbe[];
  readonly faults: readonly Fault[];
  /** Any one of them ends the experiment at once. */
  readonly abortWhen?: readonly StopCondition[];
  readonly expected?: ExpectedVerdict;
  /** Present where a run repeats its experiments; `name` says it too. */
  readonly round?: Round;
}
