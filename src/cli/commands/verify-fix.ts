import { type Command, Option } from 'commander';
import {
  addClusterFlags,
  addNamespaceFlag,
  addSelectionFlags,
  addYesFlags,
  chaosbladeOption,
  type ClusterFlags,
  forceFinalizerOption,
  istioOption,
  type NamespaceFlags,
  type SelectionFlags,
  type YesFlags,
  seedOption,
} from '../flags.ts';
import type { Io } from '../io.ts';
import { REPORTER_NAMES } from '../report-files.ts';
import { rollbackTimeoutOption } from './run.ts';

/** Flags of commands that run one experiment more than once. */
export interface TrialFlags extends ClusterFlags, NamespaceFlags, SelectionFlags, YesFlags {
  readonly sandbox?: boolean;
  readonly istio: number;
  readonly seed?: number;
  readonly chaosblade?: string;
  readonly reporter?: string;
  readonly output?: string;
  readonly recover?: boolean;
  readonly forceFinalizer?: boolean;
  /** Milliseconds. */
  readonly rollbackTimeout: number;
  /** `-o`. */
  readonly o: 'text' | 'json';
}

export interface VerifyFixFlags extends TrialFlags {
  readonly before?: string;
  readonly after?: string;
  readonly beforeContext?: string;
  readonly afterContext?: string;
}

/** `holdfast verify-fix FILE`: the same experiment before and after a fix. */
export function addVerifyFixCommand(program: Command, io: Io): void {
  const command = program
    .command('verify-fix')
    .description('Run one experiment before and after a fix; green only if it failed before and passes after.')
    .argument('<file>', 'the experiment; what it says under `expected` does not count here')
    .option('--before <manifest>', 'situation before the fix: applied as setup, and put back')
    .option('--after <manifest>', 'situation after the fix, in the same way')
    .option('--before-context <name>', 'instead of, or beside, a manifest: the cluster that has not got the fix')
    .option('--after-context <name>', 'the cluster that has it')
    .action(async (file: string, flags: VerifyFixFlags) => {
      const { verifyFix } = await import('../verify-fix.ts');
      await verifyFix(file, flags, io);
    });
  addTrialFlags(command).addHelpText(
    'after',
    `
Examples:
  holdfast verify-fix experiments/bookinfo/ratings-delay-7s.yaml --sandbox --before experiments/manifests/reviews-jason-v2.yaml --after experiments/manifests/reviews-jason-v3.yaml
  holdfast verify-fix slow-ratings.yaml --before-context staging --after-context staging-next -o json

Exit codes: 0 failed before and passes after, 1 any other pair of passed and failed, 2 bad flags or files,
3 environment, 4 inconclusive on either side, 5 something is left in the cluster, 6 locked, 130/143/129 interrupted.`,
  );
}

/** The flags of `TrialFlags`. */
export function addTrialFlags(command: Command): Command {
  command
    .option('--sandbox', 'run on an embedded stand-in for a cluster; needs nothing but Node')
    .addOption(istioOption())
    .addOption(seedOption('every random choice, the same in each run, and of the sandbox'))
    .addOption(chaosbladeOption())
    .option('--reporter <names>', `reports to write, separated by commas (default: ${REPORTER_NAMES.join(',')})`)
    .option('--output <folder>', 'folder for reports and journals (default: reports)')
    .addOption(new Option('-o <format>', 'what goes to stdout').choices(['text', 'json']).default('text'))
    .option('--recover', 'first undo what dead runs left on our targets, instead of refusing')
    .addOption(forceFinalizerOption())
    .addOption(rollbackTimeoutOption());
  return addSelectionFlags(addNamespaceFlag(addYesFlags(addClusterFlags(command))));
}
