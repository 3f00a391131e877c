import type { FaultDriver } from '../faults/driver.ts';
import { createFaultDrivers } from '../faults/registry.ts';
import type { Diagnostic } from '../load/diagnostic.ts';
import { loadExperiments } from '../load/load-experiments.ts';
import type { LoadedExperiments } from '../load/load-experiments.ts';
import { lint } from '../lint/lint.ts';
import type { LintContext } from '../lint/rule.ts';
import { HoldfastError } from '../model/errors.ts';
import type { Experiment } from '../model/experiment.ts';
import type { Fault } from '../model/fault.ts';
import { FINDING_CODES } from '../model/finding-codes.ts';
import { placeOf } from '../model/place.ts';
import type { Policy } from '../model/policy.ts';
import { checkExperiment } from '../policy/check-experiment.ts';
import type { SelectionFlags } from './flags.ts';
import type { Io } from './io.ts';
import { openFilesLimit } from './open-files-limit.ts';

/** What to look for beside mistakes. */
export interface Checks {
  readonly policy?: Policy | undefined;
  /** Traps that are only doubtful too; a plan and a run tell them among their findings. */
  readonly doubts?: boolean;
}

/** Loads what the flags choose and adds what the fault drivers, the policy and the lint find wrong in it offline. Prints nothing. */
export async function loadAndCheck(
  paths: readonly string[],
  flags: SelectionFlags & { readonly namespace?: string },
  io: Io,
  { policy, doubts = false }: Checks = {},
): Promise<LoadedExperiments> {
  const { selector, grep, set, namespace } = flags;
  const loaded = await loadExperiments(paths, { cwd: io.cwd, env: io.env, set, selector, grep, namespace });
  const drivers = createFaultDrivers();
  const found = loaded.experiments.flatMap((experiment) =>
    experiment.faults.flatMap((fault) => check(fault, experiment, drivers, loaded.sources)),
  );
  const refused = policy === undefined ? [] : loaded.experiments.flatMap((it) => refusals(policy, it, loaded.sources));
  const context: LintContext = {
    effectOf: (fault) => driverOf(fault, drivers).effect(fault),
    openFiles: openFilesLimit,
  };
  const traps = loaded.experiments
    .flatMap((it) => trapsIn(it, context))
    .filter(({ severity }) => doubts || severity === 'error');
  io.redactor.add(loaded.secrets);
  return {
    ...loaded,
    diagnostics: [...loaded.diagnostics, ...io.redactor.redactDeep([...found, ...refused, ...traps])],
  };
}

function trapsIn(experiment: Experiment, context: LintContext): Diagnostic[] {
  return lint(experiment, context).map(({ code, message, path, hint }) => ({
    code,
    severity: FINDING_CODES[code].severity,
    message: message.replace(/\.$/, ''),
    range: placeOf(experiment, path),
    hint,
  }));
}

function driverOf({ spec }: Fault, drivers: readonly FaultDriver[]): FaultDriver {
  const driver = drivers.find(({ name }) => name === spec.driver);
  if (driver !== undefined) return driver;
  throw new HoldfastError('INTERNAL', { message: `There is no driver "${spec.driver}".` });
}

function check(
  fault: Fault,
  experiment: Experiment,
  drivers: readonly FaultDriver[],
  sources: LoadedExperiments['sources'],
): Diagnostic[] {
  return driverOf(fault, drivers)
    .validate(fault, experiment)
    .map(({ severity, message, hint }) => ({
      code: 'FAULT_INVALID',
      severity,
      message: message.replace(/\.$/, ''),
      range: rangeOfLine(experiment.source.file, fault.line, sources),
      ...(hint !== undefined && { hint }),
    }));
}

function refusals(policy: Policy, experiment: Experiment, sources: LoadedExperiments['sources']): Diagnostic[] {
  const { file, line: top } = experiment.source;
  return checkExperiment(policy, experiment).map(({ code, severity, message, where, hint = '', line = top }) => ({
    code,
    severity,
    message: message.replace(/\.$/, ''),
    range: rangeOfLine(file, line, sources),
    hint: `The rule: ${where}. ${hint}`,
  }));
}

function rangeOfLine(file: string, line: number, sources: LoadedExperiments['sources']) {
  const text = sources.get(file)?.split('\n')[line - 1] ?? '';
  const start = text.search(/[^\s-]/);
  return { file, line, column: Math.max(start, 0) + 1, length: Math.max(text.trimEnd().length - start, 1) };
}
