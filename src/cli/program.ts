import { Command, CommanderError } from 'commander';
import { EXIT } from '../model/exit-code.ts';
import { addDiffCommand } from './commands/diff.ts';
import { addCliffCommand } from './commands/cliff.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addListCommand } from './commands/list.ts';
import { addPlanCommand } from './commands/plan.ts';
import { addRecoverCommand } from './commands/recover.ts';
import { addRunCommand } from './commands/run.ts';
import { addStatusCommand } from './commands/status.ts';
import { addSchemaCommand } from './commands/schema.ts';
import { addValidateCommand } from './commands/validate.ts';
import { addReportCommand } from './commands/report.ts';
import { addSandboxCommand } from './commands/sandbox.ts';
import { addVerifyFixCommand } from './commands/verify-fix.ts';
import type { Io } from './io.ts';
import { exitCodeOfError, formatError } from './print-error.ts';
import { VERSION } from './version.ts';

/** Runs one command line. Never throws: errors are printed to stderr and become the exit code. */
export async function runCli(args: readonly string[], io: Io): Promise<void> {
  const program = createProgram(io);
  try {
    if (args.length === 0) program.outputHelp();
    else await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    io.setExitCode(report(error, io));
  }
}

/** The command tree. Each command's implementation is imported only when it is run. */
export function createProgram(io: Io): Command {
  const program = new Command('holdfast')
    .description('A chaos-engineering test runner for Kubernetes and Istio, with verdicts you can believe.')
    .version(VERSION, '-V, --version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => 100,
      getErrHelpWidth: () => 100,
      getOutHasColors: () => false,
      getErrHasColors: () => io.colour,
    })
    .showSuggestionAfterError()
    .helpCommand(true);
  // Each command: add<Name>Command(program, io) of commands/<name>.ts, in the order of the help.
  addRunCommand(program, io);
  addVerifyFixCommand(program, io);
  addCliffCommand(program, io);
  addPlanCommand(program, io);
  addValidateCommand(program, io);
  addListCommand(program, io);
  addSchemaCommand(program, io);
  addDoctorCommand(program, io);
  addStatusCommand(program, io);
  addRecoverCommand(program, io);
  addReportCommand(program, io);
  addDiffCommand(program, io);
  addSandboxCommand(program, io);
  program.addHelpText('after', '\nExample:\n  holdfast run experiments/ --sandbox');
  return program;
}

function report(error: unknown, io: Io): number {
  // Commander has printed its own message already; help and version are no errors.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  io.stderr.write(formatError(error, io));
  return exitCodeOfError(error);
}
