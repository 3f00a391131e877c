import { InvalidArgumentError, Option, type Command } from 'commander';
import {
  addClusterFlags,
  addSelectionFlags,
  addNamespaceFlag,
  addYesFlags,
  chaosbladeOption,
  type ClusterFlags,
  forceFinalizerOption,
  istioOption,
  type NamespaceFlags,
  seedOption,
  type SelectionFlags,
  wholeNumber,
  type YesFlags,
} from '../flags.ts';
import type { Io } from '../io.ts';
import { REPORTER_NAMES } from '../report-files.ts';

export interface RunFlags extends ClusterFlags, NamespaceFlags, SelectionFlags, YesFlags {
  readonly sandbox?: boolean;
  readonly istio: number;
  readonly seed?: number;
  readonly repeat: number;
  readonly chaosblade?: string;
  readonly reporter?: string;
  readonly output?: string;
  readonly workers?: number;
  readonly bail?: boolean;
  readonly recover?: boolean;
  readonly forceFinalizer?: boolean;
  readonly requireSweeper?: boolean;
  /** Milliseconds. */
  readonly rollbackTimeout: number;
}

/** `holdfast run PATH...`: runs experiments. */
export function addRunCommand(program: Command, io: Io): void {
  const command = program
    .command('run')
    .description('Run experiments: inject, watch, take back, judge.')
    .argument('<paths...>', 'files, folders, globs or file.yaml:LINE')
    .option('--sandbox', 'run on an embedded stand-in for a cluster, one for each worker; needs nothing but Node')
    .addOption(istioOption())
    .addOption(seedOption('every random choice of the run, and of the sandbox with --sandbox'))
    .addOption(
      new Option('--repeat <times>', 'run every experiment so often, and tell how often each statement held')
        .argParser(times)
        .default(1),
    )
    .addOption(chaosbladeOption())
    .option('--reporter <names>', `reports to write, separated by commas (default: ${REPORTER_NAMES.join(',')})`)
    .option('--output <folder>', 'folder for reports and journals (default: reports)')
    .option(
      '--workers <number>',
      'experiments side by side, where they lock different targets (default: 1)',
      atLeastOne,
    )
    .option('--bail', 'start no experiment after one that is not green')
    .option('--recover', 'first undo what dead runs left on our targets, instead of refusing')
    .option('--require-sweeper', 'refuse to run on a cluster where no sweeper is at work: see deploy/sweeper.yaml')
    .addOption(forceFinalizerOption())
    .addOption(rollbackTimeoutOption())
    .action(async (paths: readonly string[], flags: RunFlags) => {
      const { runExperiments } = await import('../run-experiments.ts');
      await runExperiments(paths, flags, io);
    });
  addSelectionFlags(addNamespaceFlag(addYesFlags(addClusterFlags(command)))).addHelpText(
    'after',
    `
Examples:
  holdfast run experiments/ --sandbox --workers 4                          try it without a cluster
  holdfast run experiments/bookinfo/ratings-delay-2s.yaml --sandbox        one of them
  holdfast run experiments/ --context staging --output reports --recover   a nightly job

Exit codes: 0 as expected, 1 a hypothesis failed, 2 bad flags or files, 3 environment, 4 inconclusive,
5 something is left in the cluster, 6 locked by another run, 130/143/129 interrupted.`,
  );
}

/** `--rollback-timeout`, in milliseconds. */
export function rollbackTimeoutOption(): Option {
  const timeout = new Option('--rollback-timeout <seconds>', 'time for taking everything back');
  return timeout.argParser(seconds).default(30_000, '30');
}

function atLeastOne(text: string): number {
  const number = wholeNumber(text);
  if (number < 1) throw new InvalidArgumentError('It is at least 1.');
  return number;
}

function times(text: string): number {
  const number = atLeastOne(text);
  if (number > 1000) throw new InvalidArgumentError('It is at most 1000.');
  return number;
}

function seconds(text: string): number {
  const number = atLeastOne(text.replace(/s$/, ''));
  // An hour is longer than anybody waits, and far from what timers cannot hold.
  if (number > 3600) throw new InvalidArgumentError('It is at most 3600.');
  return number * 1000;
}
