import type { Journal } from '../journal/journal.ts';
import { judgeExperiment } from '../judge/judge-experiment.ts';
import type { Clock, Millis } from '../model/clock.ts';
import { serializeError } from '../model/errors.ts';
import type { ExperimentEvent, ExperimentHead, StopSignal } from '../model/event.ts';
import type { Experiment } from '../model/experiment.ts';
import type { Verdict } from '../model/verdict.ts';
import { createFactBook } from './fact-book.ts';
import type { ConnectedLab, Lab, PreparedLab } from './lab.ts';
import { startStopWatch } from './stop-watch.ts';
import { createStepStack, type StepStack } from './step-stack.ts';
import { baseline } from './steps/baseline.ts';
import { connect } from './steps/connect.ts';
import { faultPhase } from './steps/fault.ts';
import { inject } from './steps/inject.ts';
import { lock } from './steps/lock.ts';
import { plan } from './steps/plan.ts';
import { preflight } from './steps/preflight.ts';
import { prove } from './steps/prove.ts';
import { lookAtUnhealed, recovery } from './steps/recovery.ts';
import { setUp } from './steps/set-up.ts';
import { takeBackFaults, unwind } from './take-back.ts';
import { lookAfterwards } from './watch-faults.ts';
import type { World } from './world.ts';

export interface ExperimentOptions {
  readonly experiment: Experiment;
  readonly head: ExperimentHead;
  readonly runId: string;
  readonly clock: Clock;
  readonly epoch: Millis;
  readonly journal: Journal;
  readonly emit: (event: ExperimentEvent) => void;
  /** Aborted by the first interrupt, with an `INTERRUPTED` error. */
  readonly signal: AbortSignal;
  readonly interruptedBy: () => StopSignal | undefined;
  readonly recover: boolean;
  /** Time for taking back, for each of faults, setup and locks. */
  readonly rollbackBudget: Millis;
  /** Told of the stack, so that an abandoned run can say what is left. */
  readonly onStack: (stack: StepStack) => void;
  open(): Promise<World>;
}

/** Runs one experiment from connecting to its verdict. Never throws; whatever happens, what was done is taken back. */
export async function runExperiment(options: ExperimentOptions): Promise<Verdict> {
  const { clock, emit } = options;
  const startedAt = clock.now();
  const lab = createLab(options);
  const reached: { connected?: ConnectedLab } = {};
  try {
    await live(lab, options.open, reached);
  } catch (error) {
    lab.book.error(lab.signal.aborted ? lab.signal.reason : error);
  }
  await takeAllBack(lab, reached.connected);
  const { results, ...facts } = lab.book.facts(options.interruptedBy());
  const { verdict, reasons } = judgeExperiment({ ...facts, results });
  const durationMs = clock.now() - startedAt;
  const overheadMs = durationMs - lab.book.spentMs;
  emit({ type: 'experiment-ended', verdict, reasons, durationMs, overheadMs, facts });
  return verdict;
}

/** The life of a run. Each step registers how it is taken back before it acts. */
async function live(lab: Lab, open: () => Promise<World>, reached: { connected?: ConnectedLab }): Promise<void> {
  const connected = await connect(lab, open);
  reached.connected = connected;
  const planned = await plan(connected);
  await preflight(planned);
  await lock(planned);
  const prepared = await setUp(planned);
  if (!(await showUnderFault(prepared))) return;
  await takeBackFaults(prepared);
  if (lab.book.clean) await (lab.book.unhealed ? lookAtUnhealed(prepared) : recovery(prepared));
  await lookAfterwards(prepared);
}

/**
 * From the baseline to the end of the fault phase, or to where a stop condition ends it. Resolves with whether there is
 * a recovery to be watched.
 */
async function showUnderFault(prepared: PreparedLab): Promise<boolean> {
  const watch = await startStopWatch(prepared);
  const watched = { ...prepared, signal: AbortSignal.any([prepared.signal, watch.signal]) };
  try {
    if (!(await baseline(watched, watch))) return false;
    await watch.faultsComeIn();
    await inject(watched);
    if (!(await prove(watched))) return false;
    await faultPhase(watched, watch);
    return true;
  } catch (error) {
    if (!watch.signal.aborted || prepared.signal.aborted) throw error;
    return prepared.faults.some((it) => it.injected !== undefined);
  } finally {
    watch.end();
  }
}

/** Whatever is still in goes out, in reverse; most of it is a no-op after a run that went to its end. */
async function takeAllBack(lab: Lab, connected: ConnectedLab | undefined): Promise<void> {
  if (connected !== undefined) await takeBackFaults(connected);
  await unwind(lab, 'undo-setup', 'Put the setup back');
  await unwind(lab, 'unlock', 'Unlock');
  const note = (what: string) => (error: unknown) =>
    lab.emit({ type: 'note', text: `${what}: ${serializeError(error).message}` });
  await connected?.sampler.then(async (sampler) => sampler.close()).catch(note('the probes'));
  await connected?.ingress.close?.().catch(note('the ingress'));
}

function createLab(options: ExperimentOptions): Lab {
  const { experiment, clock, emit } = options;
  const stop = new AbortController();
  const stack = createStepStack(clock, options.rollbackBudget);
  options.onStack(stack);
  return {
    ...options,
    stack,
    book: createFactBook(experiment, emit),
    signal: AbortSignal.any([options.signal, stop.signal]),
    stop: (reason) => stop.abort(reason),
  };
}
