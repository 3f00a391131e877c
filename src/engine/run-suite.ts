import type { Journal } from '../journal/journal.ts';
import { askedOf } from '../model/asked.ts';
import type { Clock, Millis } from '../model/clock.ts';
import type { Conclusion } from '../model/conclusion.ts';
import { HoldfastError } from '../model/errors.ts';
import type { ExperimentEvent, ExperimentHead, RunTarget, StopSignal } from '../model/event.ts';
import { EXIT, exitCodeOf } from '../model/exit-code.ts';
import type { Experiment } from '../model/experiment.ts';
import type { Verdict } from '../model/verdict.ts';
import type { Emitter } from './emit.ts';
import { runExperiment } from './run-experiment.ts';
import { createRounds, type Rounds } from './rounds.ts';
import { runTasks, type Keys } from './schedule.ts';
import type { StepStack, Undo } from './step-stack.ts';
import type { World } from './world.ts';

export interface SuiteOptions {
  readonly runId: string;
  readonly version: string;
  readonly experiments: readonly Experiment[];
  readonly target: RunTarget;
  /** Told, so that the run can be repeated. */
  readonly seed?: number;
  readonly clock: Clock;
  /** `clock.now()` at the start of the run. */
  readonly epoch: Millis;
  readonly journal: Journal;
  readonly emitter: Emitter;
  readonly workers: number;
  /** No experiment starts after one that is not green. */
  readonly bail: boolean;
  readonly recover: boolean;
  readonly rollbackBudget: Millis;
  /** The world of a worker at a place; opened once, before its first experiment there. */
  openWorld(worker: number, signal: AbortSignal, place: string): Promise<World>;
  /** Where an experiment takes place; all in the same world of their worker when absent. */
  placeOf?(experiment: Experiment): string;
  /** What each experiment locks, where several may run side by side on one cluster. */
  lockKeys(experiment: Experiment): Promise<Keys>;
  /** One experiment more, once all have ended, chosen by what came of them. Never asked after a stop. */
  next?(): Experiment | undefined;
  /** What the run as a whole has found out, given the exit code that its verdicts make; it may name another. */
  conclude?(exitCode: number): Conclusion;
}

/** A suite that runs. */
export interface Suite {
  /** Stops sampling at once, rolls back and skips the rest. */
  interrupt(signal: StopSignal): void;
  /** The same for a defect that nobody caught: the run ends in an error, and with everything rolled back. */
  crash(error: unknown): void;
  /** What has not been taken back yet. */
  outstanding(): readonly Undo[];
  /** Resolves with the exit code once everything has ended. */
  readonly ended: Promise<number>;
}

/** Runs experiments on workers, side by side where they lock different targets. */
export function startSuite(options: SuiteOptions): Suite {
  const stop = new AbortController();
  const stacks: StepStack[] = [];
  let interruptedBy: StopSignal | undefined;
  let crashed = false;
  let signals = 0;
  const state: SuiteState = {
    signal: stop.signal,
    interruptedBy: () => interruptedBy,
    crashed: () => crashed,
    stacks,
    verdicts: [],
    rounds: createRounds(),
    worlds: new Map(),
    over: false,
  };
  return {
    interrupt: (signal) => {
      if (state.over) return;
      signals += 1;
      options.emitter.emit({ type: 'signal', signal, count: signals });
      interruptedBy ??= signal;
      stop.abort(new HoldfastError('INTERRUPTED', { message: `Stopped by ${interruptedBy}.` }));
    },
    crash: (error) => {
      crashed = true;
      const message = error instanceof Error ? error.message : String(error);
      stop.abort(
        new HoldfastError('INTERNAL', { message: `Something failed that nobody caught: ${message}`, cause: error }),
      );
    },
    outstanding: () => stacks.flatMap((it) => it.open()).filter((it) => it.step !== 'unlock'),
    ended: runAll(options, state),
  };
}

interface SuiteState {
  readonly signal: AbortSignal;
  readonly interruptedBy: () => StopSignal | undefined;
  readonly crashed: () => boolean;
  readonly stacks: StepStack[];
  readonly verdicts: Verdict[];
  readonly rounds: Rounds;
  readonly worlds: Map<string, Promise<World>>;
  /** All has been said about the run. */
  over: boolean;
}

async function runAll(options: SuiteOptions, state: SuiteState): Promise<number> {
  const { emitter, clock, experiments, workers } = options;
  emitter.emit({
    type: 'run-started',
    schemaVersion: 1,
    runId: options.runId,
    startedAt: clock.wall().toISOString(),
    version: options.version,
    target: options.target,
    ...(options.seed !== undefined && { seed: options.seed }),
    experiments: experiments.map(headOf),
  });
  const keys = await Promise.all(experiments.map(async (it) => options.lockKeys(it).catch(() => undefined)));
  const tasks = experiments.map((experiment, index) => ({
    keys: keys[index],
    run: async (worker: number) => runOne(experiment, worker, options, state),
  }));
  await runTasks(tasks, Math.min(workers, Math.max(1, experiments.length)));
  for (let more = oneMore(options, state); more !== undefined; more = oneMore(options, state)) {
    emitter.emit({ type: 'experiment-added', head: headOf(more) });
    await runOne(more, 0, options, state);
  }
  await Promise.allSettled([...state.worlds.values()].map(async (world) => (await world).close()));
  const repeats = state.rounds.summaries();
  if (repeats.length > 0) emitter.emit({ type: 'repeated', repeats });
  const byVerdicts = exitCodeOf(state.verdicts, state.interruptedBy());
  const conclusion = options.conclude?.(byVerdicts);
  if (conclusion !== undefined) emitter.emit({ type: 'concluded', conclusion });
  const verdict = conclusion?.exitCode ?? byVerdicts;
  // Reports that a full disk has cut off are not green, and say so themselves.
  const isKept = verdict !== EXIT.ok || (await onDisk(options.journal));
  const exitCode = isKept ? verdict : EXIT.environment;
  state.over = true;
  emitter.emit({ type: 'run-ended', exitCode, durationMs: clock.now() - options.epoch });
  return exitCode;
}

async function onDisk(journal: Journal): Promise<boolean> {
  return journal.sync().then(
    () => true,
    () => false,
  );
}

async function runOne(experiment: Experiment, worker: number, options: SuiteOptions, state: SuiteState): Promise<void> {
  const tell = options.emitter.of(experiment.name);
  const emit = (event: ExperimentEvent): void => {
    tell(event);
    state.rounds.note(experiment, event);
  };
  const reason = whySkipped(options, state);
  if (reason !== undefined) {
    emit({ type: 'experiment-ended', verdict: 'skipped', reasons: [reason], durationMs: 0, overheadMs: 0 });
    state.verdicts.push('skipped');
    return;
  }
  const { runId, clock, epoch, journal, recover, rollbackBudget } = options;
  const verdict = await runExperiment({
    experiment,
    head: headOf(experiment),
    runId,
    clock,
    epoch,
    journal,
    emit,
    recover,
    rollbackBudget,
    signal: state.signal,
    interruptedBy: state.interruptedBy,
    onStack: (stack) => state.stacks.push(stack),
    open: async () => worldOf(worker, options.placeOf?.(experiment) ?? '', options, state),
  });
  state.verdicts.push(verdict);
}

async function worldOf(
  worker: number,
  place: string,
  { openWorld }: SuiteOptions,
  { worlds, signal }: SuiteState,
): Promise<World> {
  const key = `${worker} ${place}`;
  const world = worlds.get(key) ?? openWorld(worker, signal, place);
  worlds.set(key, world);
  // A world that could not be opened is tried again by the next experiment.
  world.catch(() => worlds.delete(key));
  return world;
}

function oneMore(options: SuiteOptions, state: SuiteState): Experiment | undefined {
  return whySkipped(options, state) === undefined ? options.next?.() : undefined;
}

function whySkipped({ bail }: SuiteOptions, { verdicts, interruptedBy, crashed }: SuiteState): string | undefined {
  const signal = interruptedBy();
  if (signal !== undefined) return `the run was stopped by ${signal}`;
  if (crashed()) return 'the run was stopped by a defect in Holdfast';
  const red = verdicts.find((it) => !GREEN.has(it));
  if (bail && red !== undefined) return `an earlier experiment ended as ${red}, and --bail was given`;
  return undefined;
}

const GREEN: ReadonlySet<Verdict> = new Set(['passed', 'known-weakness']);

function headOf(experiment: Experiment): ExperimentHead {
  const { name, description, namespace, labels, phases, hypothesis, faults, abortWhen, expected, round, source } =
    experiment;
  return {
    name,
    description,
    namespace,
    labels,
    phases,
    file: source.file,
    line: source.line,
    probes: hypothesis.map((it) => ({ name: it.name, line: it.line, during: it.during })),
    faults: faults.map((it) => ({ name: it.name, line: it.line, driver: it.spec.driver, title: it.name })),
    ...(abortWhen !== undefined && { abortWhen: abortWhen.map((it) => ({ name: it.name, line: it.line })) }),
    ...(expected !== undefined && { expected }),
    asked: askedOf(experiment),
    ...(round !== undefined && { round }),
  };
}
