import type { LoadedExperiments } from '../load/load-experiments.ts';
import { EXIT } from '../model/exit-code.ts';
import type { SelectionFlags } from './flags.ts';
import type { Io } from './io.ts';
import { loadAndCheck } from './load-and-check.ts';
import { countErrors, printDiagnostics } from './print-diagnostics.ts';

/**
 * Loads what a command was given. Mistakes and doubts are printed to stderr; when there is an error, the exit code is
 * set to 2 and the answer is undefined: nothing may be touched.
 */
export async function loadForCommand(
  paths: readonly string[],
  flags: SelectionFlags & { readonly namespace?: string },
  io: Io,
): Promise<LoadedExperiments | undefined> {
  const loaded = await loadAndCheck(paths, flags, io);
  printDiagnostics(loaded.diagnostics, loaded.sources, io);
  if (countErrors(loaded.diagnostics) === 0) return loaded;
  io.setExitCode(EXIT.usage);
  return undefined;
}
