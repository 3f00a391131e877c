import type { Ingress } from '../cluster/ingress.ts';
import type { DriverContext, FaultDriver, Injected, PreparedFault } from '../faults/driver.ts';
import type { Journal } from '../journal/journal.ts';
import type { Clock, Millis } from '../model/clock.ts';
import { HoldfastError, serializeError } from '../model/errors.ts';
import type { ExperimentEvent, ExperimentHead, Step } from '../model/event.ts';
import type { Experiment } from '../model/experiment.ts';
import type { Fault } from '../model/fault.ts';
import type { Plan } from '../model/plan.ts';
import type { Explanation } from '../model/proof.ts';
import type { Sampler } from '../probes/sampler.ts';
import type { PreparedSetup } from '../undo/setup.ts';
import { withDeadline } from './deadline.ts';
import type { FactBook } from './fact-book.ts';
import type { KeptUp } from './keep-up.ts';
import type { StepStack, Undo, UndoFailure } from './step-stack.ts';
import type { World } from './world.ts';

/** What the steps of one experiment share. */
export interface Lab {
  readonly experiment: Experiment;
  readonly head: ExperimentHead;
  readonly runId: string;
  readonly clock: Clock;
  /** `clock.now()` at the start of the run: the zero of every instant in events and samples. */
  readonly epoch: Millis;
  readonly journal: Journal;
  readonly stack: StepStack;
  readonly book: FactBook;
  /** Recover what dead runs left on our targets instead of refusing. */
  readonly recover: boolean;
  /** Aborted by an interrupt or a lost lock: everything but taking back ends. */
  readonly signal: AbortSignal;
  /** Aborts `signal`. */
  stop(reason: Error): void;
  emit(event: ExperimentEvent): void;
}

/** The lab once it is connected to its world. */
export interface ConnectedLab extends Lab {
  readonly world: World;
  readonly ingress: Ingress;
  /** Opened and logged in while the plan is made; awaited by the first step that sends requests. */
  readonly sampler: Promise<Sampler>;
}

/** The lab once everything has been looked at and nothing has been touched. */
export interface PreparedLab extends ConnectedLab {
  readonly setup: PreparedSetup;
  readonly faults: readonly FaultRun[];
  readonly plan: Plan;
}

/** One fault on its way through the run; each step fills in what it found. */
export interface FaultRun {
  readonly fault: Fault;
  readonly driver: FaultDriver;
  prepared: PreparedFault;
  undo?: Undo;
  injected?: Injected;
  /** Acts again and again, where the driver does. */
  keptUp?: KeptUp;
  /** Monotonic instant of the write that injected it. */
  injectedAt?: Millis;
  proven?: boolean;
  /** Why it was not proven, where somebody looked. */
  explanation?: Explanation;
  /** Requests hit until it was proven, by caller; absent where the driver cannot count them. */
  hitsByProof?: Readonly<Record<string, number>>;
  /** Whether requests of the fault phase were hit; absent where nobody can tell. */
  met?: boolean;
  /** Monotonic instant of the write that took it back, and that it was reached at all. */
  rolledBackAt?: Millis;
  undone?: boolean;
  readonly evidence: string[];
}

/** Why work ends that a stop condition has ended: no error, and told as an event of its own. */
export const STOPPED = new Error('a stop condition came true');

/** Does one step of the run: its beginning, end and error are events. */
export async function step<T>(lab: Lab, name: Step, title: string, work: () => Promise<T>): Promise<T> {
  const startedAt = lab.clock.now();
  lab.emit({ type: 'step-started', step: name, title });
  const end = (error?: unknown): void =>
    lab.emit({
      type: 'step-ended',
      step: name,
      durationMs: lab.clock.now() - startedAt,
      ...(error !== undefined && { error: serializeError(error) }),
    });
  try {
    lab.signal.throwIfAborted();
    const result = await work();
    end();
    return result;
  } catch (error) {
    const reason: unknown = lab.signal.aborted ? lab.signal.reason : error;
    end(reason === STOPPED ? undefined : reason);
    throw error;
  }
}

/** A step that takes back: an interrupt does not stop it, and what goes wrong is returned, not thrown. */
export async function takeBackStep(
  lab: Lab,
  name: Step,
  title: string,
  work: () => Promise<readonly UndoFailure[]>,
): Promise<void> {
  const startedAt = lab.clock.now();
  lab.emit({ type: 'step-started', step: name, title });
  const [first] = await work();
  lab.emit({
    type: 'step-ended',
    step: name,
    durationMs: lab.clock.now() - startedAt,
    ...(first !== undefined && { error: serializeError(first.error) }),
  });
}

/** Another run may have come in, and what is not marked as ours is not ours to put right any more. */
export function hasLostLock({ signal }: Pick<Lab, 'signal'>): boolean {
  return signal.reason instanceof HoldfastError && signal.reason.code === 'LOCK_LOST';
}

/** What drivers get. */
export function contextOf(
  { world, clock, signal: stop }: Pick<ConnectedLab, 'world' | 'clock' | 'signal'>,
  signal: AbortSignal = stop,
): DriverContext {
  return { cluster: world.cluster, clock, signal, forceFinalizer: world.forceFinalizer };
}

/**
 * Lets a driver write. An interrupt does not cut a write off half sent, which nobody could tell from one that arrived;
 * it ends by itself, at the latest after half a minute.
 */
export async function write<T>(
  lab: Pick<ConnectedLab, 'world' | 'clock' | 'signal'>,
  what: string,
  work: (context: DriverContext) => Promise<T>,
): Promise<T> {
  const tooLong = (): HoldfastError =>
    new HoldfastError('API_TIMEOUT', {
      message: `${what} was not done within ${WRITE_MS / 1000} s.`,
      hint: 'Check that the API server answers.',
    });
  return withDeadline(lab.clock, WRITE_MS, tooLong, async (signal) => work(contextOf(lab, signal)));
}

const WRITE_MS = 30_000;
