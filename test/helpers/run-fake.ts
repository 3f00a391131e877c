import { expect } from 'vitest';
import { runExperiment } from '../../src/engine/run-experiment.ts';
import type { StepStack } from '../../src/engine/step-stack.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { HoldfastError } from '../../src/model/errors.ts';
import type { ExperimentEvent, StopSignal } from '../../src/model/event.ts';
import type { Experiment } from '../../src/model/experiment.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { createFakeWorld, type FakeWorld } from './fake-world.ts';
import { createSteppedClock, type SteppedClock } from './stepped-clock.ts';

export interface FakeRun {
  readonly clock: SteppedClock;
  readonly fake: FakeWorld;
  readonly events: ExperimentEvent[];
  /** Set to make `sync` reject. */
  diskFull: boolean;
  recover: boolean;
  onEvent?: (event: ExperimentEvent) => void;
  stack(): StepStack;
  interrupt(signal: StopSignal): void;
  /** Steps the clock until the experiment has its verdict. */
  run(experiment: Experiment): Promise<{ readonly verdict: Verdict; readonly reasons: readonly string[] }>;
}

/** The engine's experiment in a fake world, under a clock that runs as fast as the machine can. */
export function createFakeRun(): FakeRun {
  const clock = createSteppedClock();
  const fake = createFakeWorld(clock);
  const stop = new AbortController();
  const events: ExperimentEvent[] = [];
  const stacks: StepStack[] = [];
  let interruptedBy: StopSignal | undefined;
  const run: FakeRun = {
    clock,
    fake,
    events,
    diskFull: false,
    recover: false,
    stack: () => stacks[0]!,
    interrupt: (signal) => {
      interruptedBy ??= signal;
      stop.abort(new HoldfastError('INTERRUPTED', { message: `Stopped by ${signal}.` }));
    },
    run: async (experiment) => {
      const done = runExperiment({
        experiment,
        head: {
          name: experiment.name,
          file: 'ratings.yaml',
          line: 1,
          description: '',
          namespace: 'default',
          labels: {},
          phases: experiment.phases,
          probes: [],
          faults: experiment.faults.map((it) => ({ name: it.name, line: 1, driver: 'istio', title: '' })),
        },
        runId: 'run-1',
        clock,
        epoch: 0,
        journal: fakeJournal(run),
        emit: (event) => {
          events.push(event);
          run.onEvent?.(event);
        },
        signal: stop.signal,
        interruptedBy: () => interruptedBy,
        recover: run.recover,
        rollbackBudget: 30_000,
        onStack: (stack) => stacks.push(stack),
        open: async () => fake.world,
      });
      await stepUntil(clock, done);
      const ended = events.findLast((it) => it.type === 'experiment-ended');
      return { verdict: await done, reasons: ended?.reasons ?? [] };
    },
  };
  return run;
}

/** Nothing is in, applied or locked any more, and the probes have stopped. */
export function expectClean({ fake }: FakeRun): void {
  expect([...fake.active]).toEqual([]);
  expect([...fake.applied]).toEqual([]);
  expect([...fake.locked.keys()]).toEqual([]);
  expect(fake.sampler.closed).toBe(true);
}

/** Steps a clock, 20 ms at a time, until a promise settles; gives up after ten minutes of its time. */
export async function stepUntil(clock: SteppedClock, promise: Promise<unknown>): Promise<void> {
  const state = { settled: false };
  const done = promise.finally(() => {
    state.settled = true;
  });
  done.catch(() => undefined);
  for (let n = 0; n < 30_000 && !state.settled; n += 1) await clock.step(20);
  await done;
}

function fakeJournal(run: FakeRun): Journal {
  return {
    path: 'journal.ndjson',
    append: () => undefined,
    sync: async () => {
      if (run.diskFull) throw new HoldfastError('OUTPUT_UNWRITABLE', { message: 'The disk is full.' });
    },
    close: async () => undefined,
  };
}
