import type { Diagnostic } from '../load/diagnostic.ts';
import type { LoadedExperiments } from '../load/load-experiments.ts';
import { EXIT } from '../model/exit-code.ts';
import type { Policy } from '../model/policy.ts';
import { checkContext } from '../policy/check-context.ts';
import type { SelectionFlags } from './flags.ts';
import type { Io } from './io.ts';
import { loadAndCheck } from './load-and-check.ts';
import { countErrors, printDiagnostics } from './print-diagnostics.ts';

/** A policy that refuses before anything is looked at. */
export interface Guard {
  readonly policy: Policy;
  /** None where it is a sandbox, or not named. */
  readonly contexts: readonly string[];
  readonly yesContext?: string;
}

/**
 * Loads what a command was given. Mistakes and doubts are printed to stderr; when there is an error, the exit code is
 * set to 2 and the answer is undefined: nothing may be touched.
 */
export async function loadForCommand(
  paths: readonly string[],
  flags: SelectionFlags & { readonly namespace?: string },
  io: Io,
  guard?: Guard,
): Promise<LoadedExperiments | undefined> {
  const loaded = await loadAndCheck(paths, flags, io, { policy: guard?.policy });
  const diagnostics = [...loaded.diagnostics, ...contextRefusals(guard)];
  printDiagnostics(diagnostics, loaded.sources, io);
  if (countErrors(diagnostics) === 0) return loaded;
  io.setExitCode(EXIT.usage);
  return undefined;
}

function contextRefusals(guard: Guard | undefined): readonly Diagnostic[] {
  if (guard === undefined) return [];
  const { policy, contexts, yesContext } = guard;
  return contexts
    .flatMap((context) => checkContext(policy, context, yesContext))
    .map(({ code, severity, message, where, hint = '' }) => ({
      code,
      severity,
      message: message.replace(/\.$/, ''),
      hint: `The rule: ${where}. ${hint}`,
    }));
}
