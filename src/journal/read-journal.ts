import { readFile } from 'node:fs/promises';
import { HoldfastError } from '../model/errors.ts';
import type { JournalEvent } from '../model/event.ts';

/** The events of a journal; `torn` when its last line was cut off by a crash and left out. */
export interface ReadJournal {
  readonly events: readonly JournalEvent[];
  readonly torn: boolean;
}

/**
 * Reads a journal, also one whose writer was killed in the middle of a line.
 * Throws `RUN_UNKNOWN` when there is no such file and `JOURNAL_INVALID`, naming the line, when it is damaged elsewhere.
 */
export async function readJournal(path: string): Promise<ReadJournal> {
  return parseJournal(await readText(path), path);
}

/** Parses the text of a journal; `path` is only for messages. */
export function parseJournal(text: string, path: string): ReadJournal {
  const lines = text.split('\n');
  // A whole line ends in a newline, so what follows the last newline is either nothing or a torn tail.
  const tail = lines.pop() ?? '';
  const events = lines.map((line, index) => parseEvent(line) ?? damaged(path, index + 1));
  const first = events[0];
  if (first?.type !== 'run-started') return damaged(path, 1);
  // What a journal of another version says may be anything.
  if ((first.schemaVersion as number) !== SCHEMA_VERSION) return unknownVersion(path, first.schemaVersion);
  return { events, torn: tail !== '' };
}

const SCHEMA_VERSION = 1;

function unknownVersion(path: string, found: unknown): never {
  throw new HoldfastError('JOURNAL_INVALID', {
    message: `This journal is of version ${String(found)} of the format, and this Holdfast reads version ${SCHEMA_VERSION}.`,
    where: `${path}:1`,
    hint: 'Read it with the Holdfast that wrote it; the first line says which.',
  });
}

function parseEvent(line: string): JournalEvent | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isEvent(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isEvent(value: unknown): value is JournalEvent {
  return (
    typeof value === 'object' &&
    value !== null &&
    't' in value &&
    typeof value.t === 'number' &&
    'type' in value &&
    typeof value.type === 'string'
  );
}

function damaged(path: string, line: number): never {
  throw new HoldfastError('JOURNAL_INVALID', {
    message: line === 1 ? 'This is not a journal of a run.' : `Line ${line} of the journal is not an event.`,
    where: `${path}:${line}`,
    hint: 'A journal is only ever appended to; restore the file from where it was copied.',
  });
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new HoldfastError('RUN_UNKNOWN', {
      message: 'There is no readable journal of this run.',
      where: path,
      hint: 'Runs are kept below the output folder of the run: <output>/runs/<run id>/journal.ndjson.',
      cause: error,
    });
  }
}
