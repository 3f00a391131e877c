import type { Millis } from '../../model/clock.ts';
import type { Flight, Sample } from '../../model/sample.ts';
import type { Batch } from './messages.ts';

/** Samples wait this long at most before they are handed over, and less where somebody waits for what they show. */
const WITHIN: Millis = 50;
const SOONER: Millis = 20;

/** Gathers what is to be handed over together. */
export function createBatch(
  emit: (batch: Batch) => void,
  tellSent: boolean,
): { left(flight: Flight): void; add(sample: Sample): void; flush(): void } {
  const within = tellSent ? SOONER : WITHIN;
  let samples: Sample[] = [];
  let sent: Flight[] = [];
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (samples.length > 0 || sent.length > 0) emit({ samples, sent });
    samples = [];
    sent = [];
  };
  return {
    left(flight) {
      if (!tellSent) return;
      sent.push(flight);
      timer ??= setTimeout(flush, within);
    },
    add(sample) {
      // What has ended before it was told to have left needs no telling.
      const told = sent.findIndex((it) => it.due === sample.due);
      if (told >= 0) sent.splice(told, 1);
      samples.push(sample);
      timer ??= setTimeout(flush, within);
    },
    flush,
  };
}
