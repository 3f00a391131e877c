import type { Command } from 'commander';
import {
  addClusterFlags,
  addNamespaceFlag,
  addOutputFormat,
  addSelectionFlags,
  type ClusterFlags,
  istioOption,
  type NamespaceFlags,
  type SelectionFlags,
} from '../flags.ts';
import type { Io } from '../io.ts';

export interface DoctorFlags extends ClusterFlags, NamespaceFlags, SelectionFlags {
  readonly istio: number;
  readonly sandbox?: boolean;
  readonly output: 'text' | 'json';
}

/** `holdfast doctor [PATH...]`: whether experiments can run on a cluster. */
export function addDoctorCommand(program: Command, io: Io): void {
  const command = program
    .command('doctor')
    .description(
      'Look whether experiments can run here: versions, ingress, sidecars, rights, leftovers. Touches nothing.',
    )
    .argument('[paths...]', 'experiments whose preflight is looked at too')
    .option('--sandbox', 'look at an embedded sandbox')
    .addOption(istioOption())
    .action(async (paths: readonly string[], flags: DoctorFlags) => {
      const { doctor } = await import('../doctor.ts');
      await doctor(paths, flags, io);
    });
  addOutputFormat(addSelectionFlags(addNamespaceFlag(addClusterFlags(command))), ['text', 'json']);
  command.addHelpText(
    'after',
    `
Examples:
  holdfast doctor --context staging
  holdfast doctor experiments/ --context staging -o json

Exit codes: 0 nothing is an error, 2 bad flags or files, 3 something is an error.`,
  );
}
