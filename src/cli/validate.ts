import { EXIT } from '../model/exit-code.ts';
import type { Experiment } from '../model/experiment.ts';
import { plural } from '../util/plural.ts';
import type { ValidateFlags } from './commands/validate.ts';
import { configForCommand } from './config-for-command.ts';
import type { Io } from './io.ts';
import { loadAndCheck } from './load-and-check.ts';
import { countErrors, printDiagnostics } from './print-diagnostics.ts';

/** `holdfast validate`: every mistake and every trap at once, and what the policy of the config file refuses whatever the cluster; exit code 2 when there is a mistake. */
export async function validate(paths: readonly string[], flags: ValidateFlags, io: Io): Promise<void> {
  const config = configForCommand(flags, io);
  if (config === undefined) return;
  const { experiments, diagnostics, sources } = await loadAndCheck(paths, flags, io, {
    policy: config.policy ?? {},
    doubts: true,
  });
  const valid = countErrors(diagnostics) === 0;
  if (flags.output === 'json') {
    const names = experiments.map(({ name, source }) => ({ name, file: source.file, line: source.line }));
    io.stdout.write(`${JSON.stringify({ valid, experiments: names, diagnostics }, null, 2)}\n`);
  } else {
    printDiagnostics(diagnostics, sources, io);
    if (valid) io.stderr.write(`${counts(experiments)}: valid\n`);
  }
  if (!valid) io.setExitCode(EXIT.usage);
}

function counts(experiments: readonly Experiment[]): string {
  const files = new Set(experiments.map(({ source }) => source.file)).size;
  return `${plural(experiments.length, 'experiment')} in ${plural(files, 'file')}`;
}
