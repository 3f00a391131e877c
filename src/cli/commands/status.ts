import type { Command } from 'commander';
import { addClusterFlags, addOutputFormat, type ClusterFlags } from '../flags.ts';
import type { Io } from '../io.ts';

export interface StatusFlags extends ClusterFlags {
  readonly output: 'text' | 'json';
}

/** `holdfast status`: what runs have left in the cluster, and who holds locks. */
export function addStatusCommand(program: Command, io: Io): void {
  const command = program
    .command('status')
    .description(
      'Show what runs have marked in the cluster, and who holds locks. Exit code 5 when a dead run left something.',
    )
    .action(async (flags: StatusFlags) => {
      const { status } = await import('../status.ts');
      await status(flags, io);
    });
  addOutputFormat(addClusterFlags(command), ['text', 'json']);
  command.addHelpText('after', '\nExample:\n  holdfast status --context staging -o json');
}
