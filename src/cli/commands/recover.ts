import type { Command } from 'commander';
import { addClusterFlags, addOutputFormat, type ClusterFlags, forceFinalizerOption } from '../flags.ts';
import type { Io } from '../io.ts';

export interface RecoverFlags extends ClusterFlags {
  readonly run?: string;
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
    .option('--dry-run', 'show it, touch nothing')
    .addOption(forceFinalizerOption())
    .action(async (flags: RecoverFlags) => {
      const { recover } = await import('../recover.ts');
      await recover(flags, io);
    });
  addOutputFormat(addClusterFlags(command), ['text', 'json']);
  command.addHelpText('after', '\nExample:\n  holdfast recover --context staging --run 20260102-030405-abcd');
}
