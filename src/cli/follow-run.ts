import { fold } from '../journal/replay.ts';
import type { RunRecord } from '../model/run-record.ts';
import { joinLines } from '../report/terminal/join-lines.ts';
import { createPaint } from '../report/terminal/paint.ts';
import { summaryLines } from '../report/terminal/summary.ts';
import { createTerminalReporter } from '../report/terminal/terminal-reporter.ts';
import type { FileReporter, LiveReporter } from '../report/reporter.ts';
import type { Io } from './io.ts';
import { writeReports } from './report-files.ts';

export interface Follower {
  readonly reporter: LiveReporter;
  /** What the events so far add up to. */
  record(): RunRecord | undefined;
  /** Writes the files and the summary from the events alone, as `holdfast report` would from the journal. */
  writeReports(reporters: readonly FileReporter[], output: string): Promise<void>;
}

/** Follows a run on the terminal and folds its events into the record that the reports are made of. */
export async function followRun(interleaved: boolean, io: Io): Promise<Follower> {
  const paint = createPaint(io.colour);
  // A terminal reporter needs more of its stream (columns) only where that is a terminal.
  const stream = io.stderr as NodeJS.WriteStream;
  const terminal = createTerminalReporter({ stream, paint, live: io.isTTY, interleaved });
  const followed: { record?: RunRecord } = {};
  return {
    reporter: {
      onEvent: (event) => {
        followed.record = fold(followed.record, event);
        terminal.onEvent(event);
      },
      close: () => terminal.close(),
    },
    record: () => followed.record,
    writeReports: async (reporters, output) => {
      await terminal.close();
      if (followed.record === undefined) return;
      io.stderr.write(joinLines(summaryLines(followed.record, paint)));
      const written = await writeReports(followed.record, reporters, output);
      io.stderr.write(written.map((path) => `${path}\n`).join(''));
    },
  };
}
