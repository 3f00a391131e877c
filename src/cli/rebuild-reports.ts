import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { readJournal } from '../journal/read-journal.ts';
import { replay } from '../journal/replay.ts';
import { journalPath } from '../journal/run-path.ts';
import { HoldfastError } from '../model/errors.ts';
import { joinLines } from '../report/terminal/join-lines.ts';
import { createPaint } from '../report/terminal/paint.ts';
import { summaryLines } from '../report/terminal/summary.ts';
import type { Io } from './io.ts';
import { fileReporters, writeReports } from './report-files.ts';

/** Reads a journal and tells it again: the summary on stderr, the reports as files. */
export async function rebuildReports(
  run: string,
  flags: { readonly output: string; readonly reporter: string },
  io: Io,
): Promise<void> {
  const output = resolve(io.cwd, flags.output);
  const reporters = await fileReporters(flags.reporter.split(','));
  const { events, torn } = await readJournal(await findJournal(run, output, io.cwd));
  // The journal may be from anywhere.
  const record = io.redactor.redactDeep(replay(events));
  const written = await writeReports(record, reporters, output);
  const lines = summaryLines(record, createPaint(io.colour));
  io.stderr.write(
    `${joinLines(lines)}${torn ? 'The journal ends in the middle of a line: the run was killed.\n' : ''}${written.join('\n')}\n`,
  );
}

async function findJournal(run: string, output: string, cwd: string): Promise<string> {
  if (run.endsWith('.ndjson')) return resolve(cwd, run);
  if (run !== 'latest') return journalPath(output, run);
  // Run ids sort by the time they were made.
  const runs = await readdir(join(output, 'runs')).catch(() => []);
  const last = runs.toSorted((a, b) => a.localeCompare(b, 'en')).at(-1);
  if (last !== undefined) return journalPath(output, last);
  throw new HoldfastError('RUN_UNKNOWN', {
    message: 'No run has left a journal here.',
    where: join(output, 'runs'),
    hint: 'Name the folder of the run with --output.',
  });
}
