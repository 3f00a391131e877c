import type { StopSignal } from './event.ts';
import type { Verdict } from './verdict.ts';

/** Exit codes, worst first: the first that applies to a run wins. Source of truth for the table in the README. */
export const EXIT = {
  usage: 2,
  dirty: 5,
  sighup: 129,
  sigint: 130,
  sigterm: 143,
  failed: 1,
  environment: 3,
  inconclusive: 4,
  locked: 6,
  ok: 0,
} as const;

/** The exit code of a run that got as far as having verdicts. `interruptedBy` is the signal that stopped it. */
export function exitCodeOf(verdicts: readonly Verdict[], interruptedBy?: StopSignal): number {
  const seen = new Set(verdicts);
  if (seen.has('rollback-failed')) return EXIT.dirty;
  if (interruptedBy !== undefined) return exitCodeOfSignal(interruptedBy);
  if (seen.has('failed') || seen.has('unexpected-pass')) return EXIT.failed;
  if (seen.has('error') || seen.has('interrupted')) return EXIT.environment;
  if (seen.has('inconclusive')) return EXIT.inconclusive;
  if (seen.has('refused')) return EXIT.usage;
  if (seen.has('locked')) return EXIT.locked;
  return EXIT.ok;
}

/** As a shell reports a process that a signal ended: 128 and its number. */
export function exitCodeOfSignal(signal: StopSignal): number {
  return { SIGHUP: EXIT.sighup, SIGINT: EXIT.sigint, SIGTERM: EXIT.sigterm }[signal];
}
