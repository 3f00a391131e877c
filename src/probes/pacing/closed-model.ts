import type { Millis } from '../../model/clock.ts';
import type { Pacer } from './open-model.ts';

/** A repeated burst never begins again sooner than this after it began, so a refused one does not spin. */
const SHORTEST_BURST: Millis = 1000;

/**
 * Closed model: `concurrency` workers share `requests` requests, each sending the next as soon as its last one ended;
 * a request is due when its worker became free. With `repeat` a new burst follows until stopped.
 */
export function paceClosed(options: {
  readonly concurrency: number;
  readonly requests: number;
  readonly repeat: boolean;
  readonly now: () => Millis;
  readonly fire: (due: Millis) => Promise<void>;
}): Pacer {
  const { concurrency, requests, repeat, now, fire } = options;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const burst = async (): Promise<void> => {
    const began = now();
    let left = requests;
    const takesOne = (): boolean => !stopped && left-- > 0;
    const worker = async (): Promise<void> => {
      while (takesOne()) await fire(now());
    };
    await Promise.all(Array.from({ length: Math.min(concurrency, requests) }, worker));
    if (repeat && !stopped) timer = setTimeout(() => void burst(), Math.max(0, began + SHORTEST_BURST - now()));
  };
  void burst();
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
