import type { DriverContext } from '../faults/driver.ts';
import { HoldfastError } from '../model/errors.ts';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;
/** Enough for several controllers writing the same object at once; more means that somebody fights us. */
const WRITE_ATTEMPTS = 6;

const REFUSALS: ReadonlySet<string> = new Set(['API_FORBIDDEN', 'API_UNAUTHORIZED', 'API_REFUSED']);

/**
 * Runs a read-compute-write `attempt` again while it fails with a conflict or something that may pass, a few times.
 * The attempt must find out by itself that an earlier write got through although its answer was lost.
 */
export async function retryWrite<T>(context: DriverContext, attempt: () => Promise<T>): Promise<T> {
  for (let n = 1; ; n += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (n >= WRITE_ATTEMPTS || !mayPass(error)) throw error;
      await context.clock.sleep(pause(n), context.signal);
    }
  }
}

/**
 * As `retryWrite`, but until the signal is aborted: an undo is not given up. A refusal is taken for final only when it is
 * repeated: authorizers, tokens and admission have their outages too. Throws `ROLLBACK_FAILED` or `ROLLBACK_TIMEOUT`.
 */
export async function retryUndo<T>(context: DriverContext, where: string, attempt: () => Promise<T>): Promise<T> {
  for (let n = 1; ; n += 1) {
    try {
      return await attempt();
    } catch (error) {
      const isFinal = !mayPass(error) && !(isRefused(error) && n < WRITE_ATTEMPTS);
      if (isFinal && !context.signal.aborted) throw undoFailed('ROLLBACK_FAILED', where, error);
      if (context.signal.aborted) throw undoFailed('ROLLBACK_TIMEOUT', where, error);
      await context.clock.sleep(pause(n), context.signal).catch(() => {
        throw undoFailed('ROLLBACK_TIMEOUT', where, error);
      });
    }
  }
}

/** A failure of a write that says nothing about whether it took effect, or still will. */
export function isUnanswered(error: unknown): boolean {
  if (!(error instanceof HoldfastError)) return false;
  return error.code === 'API_TIMEOUT' || error.code === 'API_UNREACHABLE' || error.code === 'API_FAILED';
}

function mayPass(error: unknown): boolean {
  if (!(error instanceof HoldfastError)) return false;
  const { retryable, status = 0 } = error.details;
  const transient = error.code === 'API_CONFLICT' || error.code === 'API_TIMEOUT' || error.code === 'API_UNREACHABLE';
  return transient || retryable === true || status === 429 || status >= 500;
}

function isRefused(error: unknown): boolean {
  return error instanceof HoldfastError && REFUSALS.has(error.code);
}

function pause(attempt: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS);
}

function undoFailed(code: 'ROLLBACK_FAILED' | 'ROLLBACK_TIMEOUT', where: string, error: unknown): unknown {
  if (!(error instanceof HoldfastError)) return error;
  if (error.code === code) return error;
  const what = code === 'ROLLBACK_FAILED' ? 'could not be put back' : 'was not put back in time';
  return new HoldfastError(code, {
    ...error.details,
    message: `${where} ${what}: ${error.message}`,
    where,
    cause: error,
  });
}
