import type { Journal } from '../journal/journal.ts';
import type { Clock, Millis } from '../model/clock.ts';
import type { ExperimentEvent, JournalEvent } from '../model/event.ts';
import type { LiveReporter } from '../report/reporter.ts';

type WithoutTime<Event> = Event extends unknown ? Omit<Event, 't'> : never;

/** An event before it is told when it happened. */
export type NewEvent = WithoutTime<JournalEvent>;

/** The one way by which anything is said about a run. */
export interface Emitter {
  emit(event: NewEvent): void;
  /** `emit` for the events of one experiment. */
  of(experiment: string): (event: ExperimentEvent) => void;
}

export interface EmitterOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  /** `clock.now()` at the start of the run. */
  readonly epoch: Millis;
  readonly reporters: readonly LiveReporter[];
  /** Takes secrets out of an event. */
  readonly redact: (event: JournalEvent) => JournalEvent;
  /** Told once about each reporter that had to be dropped. */
  readonly warn: (message: string) => void;
}

/** Redacts each event, appends it to the journal, then hands it to the live reporters. */
export function createEmitter(options: EmitterOptions): Emitter {
  const { journal, clock, epoch, redact, warn } = options;
  const reporters = new Set(options.reporters);

  const emit = (event: NewEvent): void => {
    const whole = redact({ t: round(clock.now() - epoch), ...event });
    journal.append(whole);
    for (const reporter of reporters) {
      try {
        reporter.onEvent(whole);
      } catch (error) {
        reporters.delete(reporter);
        warn(
          `A reporter failed and is left out from here on: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    }
  };
  return { emit, of: (experiment) => (event) => emit({ experiment, ...event }) };
}

/** Microseconds are enough for a reader. */
function round(ms: Millis): Millis {
  return Math.round(ms * 1000) / 1000;
}
