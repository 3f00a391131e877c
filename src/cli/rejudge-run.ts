import { join, resolve } from 'node:path';
import { readJournal } from '../journal/read-journal.ts';
import { replay } from '../journal/replay.ts';
import { resolveClusterSecrets } from '../load/cluster-secrets.ts';
import type { Diagnostic } from '../load/diagnostic.ts';
import { askedOf } from '../model/asked.ts';
import { HoldfastError } from '../model/errors.ts';
import type { ExperimentHead, JournalEvent } from '../model/event.ts';
import { EXIT, exitCodeOf } from '../model/exit-code.ts';
import type { Experiment } from '../model/experiment.ts';
import { placeOf } from '../model/place.ts';
import type { RunRecord } from '../model/run-record.ts';
import { joinLines } from '../report/terminal/join-lines.ts';
import { createPaint } from '../report/terminal/paint.ts';
import { thenAndNow } from '../report/terminal/then-and-now.ts';
import { objectionsTo } from '../review/objections.ts';
import { rejudge } from '../review/rejudge.ts';
import type { ReportFlags } from './commands/report.ts';
import { findJournal } from './find-journal.ts';
import type { Io } from './io.ts';
import { loadForCommand } from './load-for-command.ts';
import { countErrors, printDiagnostics } from './print-diagnostics.ts';
import { fileReporters, writeReports } from './report-files.ts';

/** `holdfast report RUN --judge FILE`: judges a journal by other expectations. Sets the exit code of the new verdicts. */
export async function rejudgeRun(run: string, flags: ReportFlags, io: Io): Promise<void> {
  const output = resolve(io.cwd, flags.output);
  const reporters = await fileReporters(flags.reporter.split(','));
  const journal = await findJournal(run, output, io.cwd);
  const { events, torn } = await readJournal(journal);
  const loaded = await loadForCommand(flags.judge, flags, io);
  if (loaded === undefined) return;
  const experiments = await withoutClusterSecrets(loaded.experiments, io);
  const recorded = replay(events);
  const pairs = pairsOf(recorded, experiments);
  const diagnostics = [...unmatched(experiments, pairs, recorded), ...pairs.flatMap((pair) => objections(pair, io))];
  printDiagnostics(diagnostics, loaded.sources, io);
  if (countErrors(diagnostics) > 0) return io.setExitCode(EXIT.usage);
  checkHasFacts(events, pairs, journal);
  const files = [...new Set(pairs.map(({ experiment }) => experiment.source.file))];
  const judged = rejudge(events, new Map(pairs.map(({ head, experiment }) => [head.name, experiment])), files);
  // The journal may be from anywhere.
  const record = io.redactor.redactDeep(replay(judged));
  const written = await writeReports(record, reporters, join(output, 'rejudged', folderName(record.runId)));
  const lines = thenAndNow(record, createPaint(io.colour));
  io.stderr.write(
    `${joinLines(lines)}${torn ? 'The journal ends in the middle of a line: the run was killed.\n' : ''}${written.join('\n')}\n`,
  );
  const verdicts = record.experiments.map(({ verdict }) => verdict ?? 'interrupted');
  io.setExitCode(exitCodeOf(verdicts, record.interruptedBy));
}

interface Pair {
  readonly head: ExperimentHead;
  readonly experiment: Experiment;
}

function pairsOf(run: RunRecord, experiments: readonly Experiment[]): readonly Pair[] {
  return run.experiments.flatMap(({ head }) => {
    const experiment = experiments.find(({ name }) => name === (head.round?.of ?? head.name));
    return experiment === undefined ? [] : [{ head, experiment }];
  });
}

function unmatched(experiments: readonly Experiment[], pairs: readonly Pair[], run: RunRecord): readonly Diagnostic[] {
  const hint = hintFor(run);
  const missing = experiments.filter((it) => !pairs.some(({ experiment }) => experiment === it));
  return missing.map(({ name, source }) => ({
    code: 'NOT_IN_JOURNAL',
    severity: pairs.length === 0 ? 'error' : 'warning',
    message: `the run had no experiment \`${name}\``,
    range: { ...source, length: 1 },
    hint,
  }));
}

function hintFor({ experiments, conclusion }: RunRecord): string {
  // Their names are not such as a file may have.
  if (conclusion !== undefined) return `The trials of \`${conclusion.command}\` cannot be judged again.`;
  const names = [...new Set(experiments.map(({ head }) => head.round?.of ?? head.name))];
  const had =
    names.length > SHOWN ? `${names.slice(0, SHOWN).join(', ')} and ${names.length - SHOWN} more` : names.join(', ');
  return `Experiments are told apart by their names. The run had: ${had === '' ? 'none' : had}.`;
}

const SHOWN = 8;

function objections({ head, experiment }: Pair, io: Io): readonly Diagnostic[] {
  if (head.asked === undefined) return [];
  const [recorded, now] = [head.asked, askedOf(experiment)].map((it) => io.redactor.redactDeep(it));
  if (recorded === undefined || now === undefined) return [];
  return objectionsTo({ recorded, phases: head.phases, now, experiment }).map(({ path, ...objection }) => ({
    ...objection,
    code: 'NOT_IN_JOURNAL',
    range: placeOf(experiment, path),
  }));
}

/** Only what ended without ever having been started rests on no facts. */
function checkHasFacts(events: readonly JournalEvent[], pairs: readonly Pair[], where: string): void {
  const lacks = pairs.find(({ head }) => {
    const ended = events.find((it) => it.type === 'experiment-ended' && it.experiment === head.name);
    if (ended?.type !== 'experiment-ended' || ended.verdict === 'skipped') return false;
    return head.asked === undefined || ended.facts === undefined;
  });
  if (lacks === undefined) return;
  throw new HoldfastError('JOURNAL_INVALID', {
    message: `The journal does not hold what the verdict on ${lacks.head.name} rests on: it was written by an earlier Holdfast.`,
    where,
    hint: 'Only runs of this version and later can be judged again.',
  });
}

/** Values from the cluster are masked in the journal, so stand-ins that are masked too compare equal. */
async function withoutClusterSecrets(experiments: readonly Experiment[], io: Io): Promise<readonly Experiment[]> {
  const resolved = await resolveClusterSecrets(experiments, (namespace, name, key) =>
    Promise.resolve(`stand-in for ${namespace}/${name}/${key}`),
  );
  io.redactor.add(resolved.secrets);
  return resolved.experiments;
}

/** A run id from elsewhere may be anything. */
function folderName(runId: string): string {
  return /^\w[\w-]*$/.test(runId) ? runId : 'run';
}
