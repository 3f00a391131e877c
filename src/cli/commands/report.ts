import { type Command, Option } from 'commander';
import { addNamespaceFlag, addSelectionFlags, type NamespaceFlags, type SelectionFlags } from '../flags.ts';
import type { Io } from '../io.ts';
import { REPORTER_NAMES } from '../report-files.ts';

export interface ReportFlags extends NamespaceFlags, SelectionFlags {
  readonly output: string;
  readonly reporter: string;
  readonly judge: readonly string[];
}

/** `holdfast report RUN`: the reports of a run again, from its journal, without a cluster. */
export function addReportCommand(program: Command, io: Io): void {
  const judge = new Option(
    '--judge <path>',
    'judge the run anew by the experiments of this file or folder; may be repeated',
  );
  const command = program
    .command('report')
    .description('Write the reports of a run again, from its journal. Needs no cluster.')
    .argument('<run>', 'run id, `latest`, `latest~1`, a folder with runs, a report.json, or the path of a journal')
    .option('--output <folder>', 'folder that holds runs/ and gets the reports', 'reports')
    .option('--reporter <names>', 'reports to write, separated by commas', REPORTER_NAMES.join(','))
    .addOption(
      judge
        .argParser((path: string, earlier: readonly string[]): readonly string[] => [...earlier, path])
        .default([], 'none'),
    )
    .action(async (run: string, flags: ReportFlags) => {
      if (flags.judge.length > 0) {
        const { rejudgeRun } = await import('../rejudge-run.ts');
        return rejudgeRun(run, flags, io);
      }
      const { rebuildReports } = await import('../rebuild-reports.ts');
      return rebuildReports(run, flags, io);
    });
  addSelectionFlags(addNamespaceFlag(command)).addHelpText(
    'after',
    `
Examples:
  holdfast report latest                                   the last run below reports/
  holdfast report 20260102-030405-abcd --reporter junit    one report of a run
  holdfast report downloads/journal.ndjson --output out    a journal from somewhere else
  holdfast report latest --judge slo.yaml                  what would these expectations have said?

With --judge the reports go to <output>/rejudged/<run id>, the run's own stay as they are, and the exit code is that of
the new verdicts. -l, --grep, --set and -n say which experiments of those files are meant, and with which values.`,
  );
}
