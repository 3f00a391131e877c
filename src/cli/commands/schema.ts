import type { Command } from 'commander';
import type { Io } from '../io.ts';

export function addSchemaCommand(program: Command, io: Io): void {
  const command = program
    .command('schema')
    .description('Print the JSON Schema of experiment files, for editors.')
    .action(async () => {
      const { experimentJsonSchema } = await import('../../load/json-schema.ts');
      io.stdout.write(experimentJsonSchema());
    });
  command.addHelpText(
    'after',
    '\nExample:\n  holdfast schema > experiment.schema.json\n  # then, as the first line of a file:\n' +
      '  # yaml-language-server: $schema=experiment.schema.json',
  );
}
