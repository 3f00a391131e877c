import { loadExperiments } from '../load/load-experiments.ts';
import { EXIT } from '../model/exit-code.ts';
import type { ValidateFlags } from './commands/validate.ts';
import type { Io } from './io.ts';
import { countErrors, printDiagnostics } from './print-diagnostics.ts';

/** `holdfast validate`: every mistake at once; exit code 2 when there is one. */
export async function validate(paths: readonly string[], flags: ValidateFlags, io: Io): Promise<void> {
  const { set, selector, grep } = flags;
  const { experiments, diagnostics, sources } = await loadExperiments(paths, {
    cwd: io.cwd,
    env: io.env,
    set,
    selector,
    grep,
  });
  const valid = countErrors(diagnostics) === 0;
  if (flags.output === 'json') {
    const names = experiments.map(({ name, source }) => ({ name, file: source.file, line: source.line }));
    io.stdout.write(`${JSON.stringify({ valid, experiments: names, diagnostics }, null, 2)}\n`);
  } else {
    printDiagnostics(diagnostics, sources, io);
    if (valid)
      io.stderr.write(
        `${counted(experiments.length, 'experiment')} in ${counted(new Set(experiments.map((e) => e.source.file)).size, 'file')}: valid\n`,
      );
  }
  if (!valid) io.setExitCode(EXIT.usage);
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
