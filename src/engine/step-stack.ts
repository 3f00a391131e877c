import type { Clock, Millis } from '../model/clock.ts';
import { HoldfastError } from '../model/errors.ts';
import type { Step } from '../model/event.ts';
import { withDeadline } from './deadline.ts';

/** How one thing that was done is taken back. It is registered before the thing is done, so it must also bear "not done". */
export interface Undo {
  /** The step of the run that takes it back. */
  readonly step: Extract<Step, 'rollback' | 'undo-setup' | 'unlock'>;
  /** What is taken back, e.g. `fault slow ratings`. */
  readonly title: string;
  /** Commands for a person, should this process not get to it. */
  readonly manual: readonly string[];
  undo(signal: AbortSignal): Promise<void>;
}

export interface UndoFailure {
  readonly undo: Undo;
  readonly error: unknown;
}

/** What must still be taken back, newest last. */
export interface StepStack {
  push(undo: Undo): void;
  /** Takes back everything of a step, newest first. Never throws: every undo is attempted, every error is kept. */
  unwind(step: Undo['step']): Promise<readonly UndoFailure[]>;
  /** Takes one thing back before its turn. */
  undo(undo: Undo): Promise<readonly UndoFailure[]>;
  /** Whether anything of a step waits to be taken back. */
  waits(step: Undo['step']): boolean;
  /** What has not been taken back: waiting, being taken back, or refused. */
  open(): readonly Undo[];
}

/** Time kept for each undo that is still to come, when an earlier one uses up the budget. */
const RESERVE_MS = 2_000;

/** A stack whose undos share `budget` milliseconds for each unwinding; none can be cut short by anything else. */
export function createStepStack(clock: Clock, budget: Millis): StepStack {
  const waiting: Undo[] = [];
  /** Being taken back, or could not be. */
  const unfinished = new Set<Undo>();

  const attempt = async (undo: Undo, ms: Millis): Promise<readonly UndoFailure[]> => {
    waiting.splice(waiting.indexOf(undo), 1);
    unfinished.add(undo);
    try {
      await withDeadline(
        clock,
        ms,
        () => tookTooLong(undo, ms),
        (signal) => undo.undo(signal),
      );
      unfinished.delete(undo);
      return [];
    } catch (error) {
      return [{ undo, error }];
    }
  };

  return {
    push: (undo) => void waiting.push(undo),
    undo: async (undo) => (waiting.includes(undo) ? attempt(undo, budget) : []),
    unwind: async (step) => {
      const end = clock.now() + budget;
      const failures: UndoFailure[] = [];
      for (let rest = waiting.filter((it) => it.step === step); ; rest = waiting.filter((it) => it.step === step)) {
        const next = rest.at(-1);
        if (next === undefined) return failures;
        const ms = Math.max(RESERVE_MS, end - clock.now() - RESERVE_MS * (rest.length - 1));
        failures.push(...(await attempt(next, ms)));
      }
    },
    waits: (step) => waiting.some((it) => it.step === step),
    open: () => [...unfinished, ...waiting],
  };
}

function tookTooLong(undo: Undo, ms: Millis): HoldfastError {
  return new HoldfastError('ROLLBACK_TIMEOUT', {
    message: `Taking back ${undo.title} was not done within ${Math.round(ms / 1000)} s.`,
    ...(undo.manual.length > 0 && { hint: `Do it by hand: ${undo.manual.join(' - or: ')}` }),
  });
}
