import type { Command } from 'commander';
import type { Io } from '../io.ts';
import { REPORTER_NAMES } from '../report-files.ts';

interface ReportFlags {
  readonly output: string;
  readonly reporter: string;
}

/** `holdfast report RUN`: the reports of a run again, from its journal, without a cluster. */
export function addReportCommand(program: Command, io: Io): void {
  program
    .command('report')
    .description('Write the reports of a run again, from its journal. Needs no cluster.')
    .argument('<run>', 'run id, `latest`, or the path of a journal')
    .option('--output <folder>', 'folder that holds runs/ and gets the reports', 'reports')
    .option('--reporter <names>', 'reports to write, separated by commas', REPORTER_NAMES.join(','))
    .addHelpText(
      'after',
      `
Examples:
  holdfast report latest                                   the last run below reports/
  holdfast report 20260102-030405-abcd --reporter junit    one report of a run
  holdfast report downloads/journal.ndjson --output out    a journal from somewhere else`,
    )
    .action(async (run: string, flags: ReportFlags) => {
      const { rebuildReports } = await import('../rebuild-reports.ts');
      await rebuildReports(run, flags, io);
    });
}
