import type { Command } from 'commander';
import {
  addClusterFlags,
  addNamespaceFlag,
  addOutputFormat,
  addSelectionFlags,
  type ClusterFlags,
  istioOption,
  type NamespaceFlags,
  addYesFlags,
  type SelectionFlags,
  type YesFlags,
} from '../flags.ts';
import type { Io } from '../io.ts';

export interface PlanFlags extends ClusterFlags, NamespaceFlags, SelectionFlags, YesFlags {
  readonly istio: number;
  readonly sandbox?: boolean;
  readonly output: 'text' | 'json';
}

/** `holdfast plan PATH...`: what a run would write, without touching anything. */
export function addPlanCommand(program: Command, io: Io): void {
  const command = program
    .command('plan')
    .description('Show exactly what a run would write and how it is undone. Touches nothing.')
    .argument('<paths...>', 'files, folders, globs or file.yaml:LINE')
    .option('--sandbox', 'plan for an embedded sandbox')
    .addOption(istioOption())
    .action(async (paths: readonly string[], flags: PlanFlags) => {
      const { planExperiments } = await import('../plan-experiments.ts');
      await planExperiments(paths, flags, io);
    });
  addOutputFormat(addSelectionFlags(addNamespaceFlag(addYesFlags(addClusterFlags(command)))), ['text', 'json']);
  command.addHelpText(
    'after',
    `

Examples:
  holdfast plan experiments/bookinfo/ratings-delay-2s.yaml --sandbox
  holdfast plan experiments/bookinfo/ratings-delay-2s.yaml --context staging`,
  );
}
