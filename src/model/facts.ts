import type { SerializedError } from './errors.ts';
import type { Drift, StopSignal } from './event.ts';
import type { ExpectedVerdict } from './experiment.ts';
import type { ProbeResult } from './probe-result.ts';
import type { Explanation } from './proof.ts';
import type { Stopped } from './stop-condition.ts';

/** All that the verdict on an experiment depends on. */
export interface ExperimentFacts {
  /** One for each probe and phase that was judged; recovery is judged over its stable stretch. */
  readonly results: readonly ProbeResult[];
  readonly faults: readonly {
    readonly name: string;
    readonly injected: boolean;
    /** Absent: proof was never attempted. */
    readonly proven?: boolean;
    /** Why it was not proven, where somebody looked. */
    readonly explanation?: Explanation;
    /** Whether it hit requests of the fault phase, and not only those that proved it. Absent: nobody can tell. */
    readonly met?: boolean;
    readonly evidence: readonly string[];
    /** Absent: nothing had to be undone. */
    readonly undone?: boolean;
  }[];
  readonly drift: readonly Drift[];
  /** The stop condition that ended the experiment. */
  readonly stopped?: Stopped;
  /** Absent: recovery was not reached. */
  readonly recovered?: {
    readonly recovered: boolean;
    readonly detail: string;
    /** What a fault did was not healed in time, whatever users see of it. */
    readonly unhealed?: boolean;
    /** A journal that was judged again ends before it could be told. */
    readonly undecided?: boolean;
  };
  /** The first error that stopped the experiment. */
  readonly error?: SerializedError;
  /** Undo errors (rollback, setup, verification of either), each in one sentence. */
  readonly undoErrors: readonly string[];
  readonly interruptedBy?: StopSignal;
  readonly expected?: ExpectedVerdict;
}
