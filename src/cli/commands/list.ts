import type { Command } from 'commander';
import { addOutputFormat, addSelectionFlags } from '../flags.ts';
import type { SelectionFlags } from '../flags.ts';
import type { Io } from '../io.ts';

export interface ListFlags extends SelectionFlags {
  readonly output: 'table' | 'json' | 'name';
}

export function addListCommand(program: Command, io: Io): void {
  const command = program
    .command('list')
    .description('List what a run of these files would run.')
    .argument('<paths...>', 'files, folders, globs or file.yaml:LINE')
    .action(async (paths: readonly string[], flags: ListFlags) => {
      const { list } = await import('../list.ts');
      await list(paths, flags, io);
    });
  addOutputFormat(addSelectionFlags(command), ['table', 'json', 'name']);
  command.addHelpText('after', '\nExample:\n  holdfast list experiments/ -l suite=nightly -o name');
}
