import type { Clock } from '../model/clock.ts';

export type StopSignal = 'SIGINT' | 'SIGTERM';

/** npm hands a Ctrl-C on to its child although the terminal did so too: the same signal so soon is the same key press. */
const DUPLICATE_MS = 50;

export interface SignalSource {
  on(signal: StopSignal, listener: () => void): unknown;
  off(signal: StopSignal, listener: () => void): unknown;
}

/**
 * Calls back for each INT or TERM with its number, counting a duplicate delivery once, until the returned function is
 * called. Installing it keeps the process alive on these signals.
 */
export function watchSignals(
  onSignal: (signal: StopSignal, count: number) => void,
  clock: Clock,
  source: SignalSource = process,
): () => void {
  let count = 0;
  let last: { readonly signal: StopSignal; readonly at: number } | undefined;
  const listenerOf = (signal: StopSignal) => () => {
    const at = clock.now();
    const duplicate = last?.signal === signal && at - last.at < DUPLICATE_MS;
    last = { signal, at };
    if (duplicate) return;
    count += 1;
    onSignal(signal, count);
  };
  const listeners = (['SIGINT', 'SIGTERM'] as const).map((signal) => [signal, listenerOf(signal)] as const);
  for (const [signal, listener] of listeners) source.on(signal, listener);
  return () => {
    for (const [signal, listener] of listeners) source.off(signal, listener);
  };
}
