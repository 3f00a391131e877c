import type { Command } from 'commander';
import { addClusterFlags, addOutputFormat, type ClusterFlags, forceFinalizerOption } from '../flags.ts';
import type { Io } from '../io.ts';

export interface RecoverFlags extends ClusterFlags {
  readonly run?: string;
  readonly expired?: boolean;
  readonly dryRun?: boolean;
  readonly forceFinalizer?: boolean;
  readonly output: 'text' | 'json';
}

/** `holdfast recover`: undoes what dead runs have left. */
export function addRecoverCommand(program: Command, io: Io): void {
  const command = program
    .command('recover')
    .description('Undo what dead runs have left in the cluster, from any machine. Runs still alive are left alone.')
    .option('--run <id>', 'only what this run left')
    .option('--expired', 'wait for nothing: what has not expired yet is left to the next time; for a sweeper')
    .option('--dry-run', 'show it, touch nothing')
    .addOption(forceFinalizerOption())
    .action(async (flags: RecoverFlags) => {
      const { recover } = await import('../recover.ts');
      await recover(flags, io);
    });
  addOutputFormat(addClusterFlags(command), ['text', 'json']);
  command.addHelpText(
    'after',
    `
Examples:
  holdfast recover --context staging --run 20260102-030405-abcd
  holdfast recover --expired                                     in a pod, which needs no context: see deploy/sweeper.yaml`,
  );
}
