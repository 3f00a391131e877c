import { loadConfig } from '../load/config.ts';
import type { Config } from '../load/config.ts';
import { EXIT } from '../model/exit-code.ts';
import type { Io } from './io.ts';
import { countErrors, printDiagnostics } from './print-diagnostics.ts';

/**
 * The config file of a command: `--config`, or the one found. Mistakes are printed to stderr; when there is an error,
 * the exit code is set to 2 and the answer is undefined. Flags win over what it says.
 */
export function configForCommand(flags: { readonly config?: string }, io: Io): Config | undefined {
  const { config, diagnostics, sources } = loadConfig({ cwd: io.cwd, env: io.env, path: flags.config });
  printDiagnostics(diagnostics, sources, io);
  if (countErrors(diagnostics) === 0) return config;
  io.setExitCode(EXIT.usage);
  return undefined;
}
