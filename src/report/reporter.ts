import type { JournalEvent } from '../model/event.ts';
import type { RunRecord } from '../model/run-record.ts';

/** Follows a run as it happens. A live reporter that throws is dropped with a warning; it never breaks the run. */
export interface LiveReporter {
  onEvent(event: JournalEvent): void;
  /** Called after the last event; restores the terminal. */
  close(): Promise<void>;
}

/** Turns a finished run into one file. A pure function of the record. */
export interface FileReporter {
  readonly name: 'junit' | 'json';
  /** File name below the output folder. */
  readonly file: string;
  render(run: RunRecord): string;
}
