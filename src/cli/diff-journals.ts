import { resolve } from 'node:path';
import { readJournal } from '../journal/read-journal.ts';
import { replay } from '../journal/replay.ts';
import { EXIT } from '../model/exit-code.ts';
import { diffLines } from '../report/terminal/diff-lines.ts';
import { joinLines } from '../report/terminal/join-lines.ts';
import { createPaint } from '../report/terminal/paint.ts';
import { diffRuns, type ReadRun } from '../review/diff.ts';
import { latenciesIn } from '../review/read-run.ts';
import { type Regression, regressionsOf } from '../review/regressions.ts';
import type { DiffFlags } from './commands/diff.ts';
import { findJournal } from './find-journal.ts';
import type { Io } from './io.ts';

/** `holdfast diff`: the difference goes to stdout; the exit code is 1 only where `--fail-on` asks for it. */
export async function diffJournals(before: string, after: string, flags: DiffFlags, io: Io): Promise<void> {
  const diff = diffRuns(await readRun(before, flags, io), await readRun(after, flags, io));
  const regressions = regressionsOf(diff, flags.tolerance);
  // Journals may be from anywhere.
  if (flags.output === 'json') {
    io.stdout.write(`${JSON.stringify(io.redactor.redactDeep({ schemaVersion: 1, ...diff, regressions }), null, 2)}\n`);
  } else {
    const lines = diffLines(io.redactor.redactDeep(diff), flags.all === true, createPaint(io.colour));
    io.stdout.write(joinLines(lines));
  }
  if (flags.failOn === undefined) return;
  if (diff.experiments.length === 0) {
    io.stderr.write('Whether there is a regression is not known: no experiment is in both runs.\n');
    return io.setExitCode(EXIT.inconclusive);
  }
  if (regressions.length === 0) return;
  io.stderr.write(joinLines(regressions.map((it) => io.redactor.redact(`regression: ${sentence(it)}`))));
  io.setExitCode(EXIT.failed);
}

async function readRun(run: string, { reports }: DiffFlags, io: Io): Promise<ReadRun> {
  const { events } = await readJournal(await findJournal(run, resolve(io.cwd, reports), io.cwd, '--reports'));
  return { record: replay(events), latencies: latenciesIn(events) };
}

function sentence({ experiment, verdicts, figure }: Regression): string {
  if (figure === undefined) return `${experiment}: ${verdicts?.join(' -> ') ?? ''}`;
  return `${experiment}: ${figure.phase}: ${figure.probe}: ${figure.figure}`;
}
