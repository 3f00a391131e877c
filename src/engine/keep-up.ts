import { type ConnectedLab, type FaultRun, contextOf } from './lab.ts';
import { whenAborted } from './deadline.ts';
import { HoldfastError } from '../model/errors.ts';

/** A fault that acts again and again while it is in. */
export interface KeptUp {
  /** Lets nothing new begin and awaits what is under way, at the longest until `signal` is aborted. */
  stop(signal: AbortSignal): Promise<void>;
}

/**
 * Lets the driver act again and again, where it does, until stopped. What it throws stops the run, which is then taken
 * back like any other.
 */
export function startKeepingUp(lab: ConnectedLab, run: FaultRun): KeptUp | undefined {
  const { driver, prepared } = run;
  if (driver.keepUp === undefined) return undefined;
  const over = new AbortController();
  const signal = AbortSignal.any([lab.signal, over.signal]);
  const done = driver.keepUp(prepared, contextOf(lab, signal)).catch((error: unknown) => {
    if (!signal.aborted) lab.stop(failed(run, error));
  });
  return {
    stop: async (limit) => {
      over.abort(new Error(`fault ${run.fault.name} is taken back`));
      await Promise.race([done, whenAborted(limit)]);
    },
  };
}

function failed({ fault }: FaultRun, error: unknown): Error {
  if (!(error instanceof HoldfastError)) return error instanceof Error ? error : new Error(String(error));
  return new HoldfastError(error.code, {
    ...error.details,
    message: `Fault ${fault.name} could not act again: ${error.message}`,
    cause: error,
  });
}
