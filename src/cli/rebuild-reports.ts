import { resolve } from 'node:path';
import { readJournal } from '../journal/read-journal.ts';
import { replay } from '../journal/replay.ts';
import { joinLines } from '../report/terminal/join-lines.ts';
import { createPaint } from '../report/terminal/paint.ts';
import { summaryLines } from '../report/terminal/summary.ts';
import { findJournal } from './find-journal.ts';
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
