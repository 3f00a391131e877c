import type { JournalEvent } from '../model/event.ts';

/** Append-only record of a run: one event a line. */
export interface Journal {
  readonly path: string;
  /** Queues an event for writing; order is kept. */
  append(event: JournalEvent): void;
  /** Resolves when everything appended so far is on disk (fsync). Rejects when the disk refused. */
  sync(): Promise<void>;
  close(): Promise<void>;
}
