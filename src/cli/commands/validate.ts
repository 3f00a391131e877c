import type { Command } from 'commander';
import { addOutputFormat, addSelectionFlags } from '../flags.ts';
import type { SelectionFlags } from '../flags.ts';
import type { Io } from '../io.ts';

export interface ValidateFlags extends SelectionFlags {
  readonly config?: string;
  readonly output: 'text' | 'json';
}

export function addValidateCommand(program: Command, io: Io): void {
  const command = program
    .command('validate')
    .description('Check experiment files offline: all mistakes at once, with file, line and column.')
    .argument('<paths...>', 'files, folders, globs or file.yaml:LINE')
    .option(
      '--config <file>',
      'config file whose policy they are held against (default: holdfast.config.yaml here or above)',
    )
    .action(async (paths: readonly string[], flags: ValidateFlags) => {
      const { validate } = await import('../validate.ts');
      await validate(paths, flags, io);
    });
  addOutputFormat(addSelectionFlags(command), ['text', 'json']);
  command.addHelpText('after', '\nExample:\n  holdfast validate experiments/');
}
