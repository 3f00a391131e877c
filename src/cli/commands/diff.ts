import { type Command, InvalidArgumentError, Option } from 'commander';
import { addOutputFormat } from '../flags.ts';
import type { Io } from '../io.ts';

export interface DiffFlags {
  readonly reports: string;
  readonly output: 'text' | 'json';
  readonly all?: boolean;
  readonly failOn?: 'regression';
  /** 0.1 for 10%. */
  readonly tolerance: number;
}

/** `holdfast diff RUN RUN`: what differs between two runs, from their journals, without a cluster. */
export function addDiffCommand(program: Command, io: Io): void {
  const failOn = new Option(
    '--fail-on <what>',
    'exit with 1 when a verdict got worse, or a figure by more than --tolerance',
  );
  const tolerance = new Option('--tolerance <percent>', 'how much worse a figure may be, as measured, for --fail-on');
  const command = program
    .command('diff')
    .description('Compare two runs by their journals: verdicts, shares, percentiles, times. Needs no cluster.')
    .argument('<before>', 'run id, `latest~1`, a folder with runs, a report.json, or the path of a journal')
    .argument('<after>', 'the same of the other run')
    .option('--reports <folder>', 'folder that holds runs/, for run ids and `latest`', 'reports')
    .option('--all', 'show every figure, not only those that differ')
    .addOption(failOn.choices(['regression']))
    .addOption(tolerance.argParser(percent).default(0.1, '10%'))
    .action(async (before: string, after: string, flags: DiffFlags) => {
      const { diffJournals } = await import('../diff-journals.ts');
      await diffJournals(before, after, flags, io);
    });
  addOutputFormat(command, ['text', 'json']).addHelpText(
    'after',
    `
Examples:
  holdfast diff latest~1 latest                                        the last run against the one before
  holdfast diff main-reports/ reports/ --fail-on regression            in CI: against the run of the main branch
  holdfast diff a.ndjson b.ndjson --fail-on regression --tolerance 25% -o json

A share or a percentile is marked only when an exact test tells the runs apart; two runs of one system have nothing
marked in 19 of 20 cases. See docs/rejudging.md.`,
  );
}

function percent(text: string): number {
  const number = /^(\d{1,4}(?:\.\d{1,3})?)%$/.exec(text)?.[1];
  if (number === undefined) throw new InvalidArgumentError('Write it as 10%.');
  return Number(number) / 100;
}
