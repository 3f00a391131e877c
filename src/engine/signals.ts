import type { Clock } from '../model/clock.ts';
import type { StopSignal } from '../model/event.ts';

/**
 * npm hands a Ctrl-C on to its child although the terminal did so too, and who ends a whole session may send several kinds
 * at once. So soon after one another they are one wish to stop; a person who insists takes longer to press again.
 */
const ONE_WISH_MS = 250;

export interface SignalSource {
  on(signal: StopSignal, listener: () => void): unknown;
  off(signal: StopSignal, listener: () => void): unknown;
}

/**
 * Calls back for each INT, TERM or HUP with its number, counting those of one moment once, until the returned function is
 * called. Installing it keeps the process alive on these signals.
 */
export function watchSignals(
  onSignal: (signal: StopSignal, count: number) => void,
  clock: Clock,
  source: SignalSource = process,
): () => void {
  let count = 0;
  let last = Number.NEGATIVE_INFINITY;
  const listenerOf = (signal: StopSignal) => () => {
    const at = clock.now();
    if (at - last < ONE_WISH_MS) return;
    last = at;
    count += 1;
    onSignal(signal, count);
  };
  const listeners = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((signal) => [signal, listenerOf(signal)] as const);
  for (const [signal, listener] of listeners) source.on(signal, listener);
  return () => {
    for (const [signal, listener] of listeners) source.off(signal, listener);
  };
}

/**
 * Calls back for errors that nobody caught, until the returned function is called. Without it they would end the process
 * there and then, with a fault still in the cluster.
 */
export function watchCrashes(onCrash: (error: unknown) => void): () => void {
  process.on('uncaughtException', onCrash);
  return () => void process.off('uncaughtException', onCrash);
}
