import type { Counts } from './counters.ts';

/** Chance that we allow ourselves to take a fault that still bites for gone. */
const ERROR_RATE = 0.001;
const FEWEST = 2;

/**
 * Upper estimate of the share of requests that the fault spares, from what was counted under it. Two spared requests are
 * added to those seen, so that a few hits in a row do not pass for a rule.
 */
export function spareRate({ faulted, clean }: Counts): number {
  return (clean + 2) / (faulted + clean + 2);
}

/** How many requests in a row have to pass until that is unlikely under a fault that spares this share. */
export function passesNeeded(spared: number): number {
  return Math.max(FEWEST, Math.ceil(Math.log(ERROR_RATE) / Math.log(spared)));
}

/**
 * How many have to pass where hit requests do not show yet, because they are held back: more than `requests` would bring
 * about if only this share of them were spared (the tail of Poisson's distribution).
 */
export function passesNeededInTime(spared: number, requests: number): number {
  const mean = spared * requests;
  // Near a normal distribution by then, and beyond what the sum below can hold.
  if (mean > 500) return Math.ceil(mean + 4 * Math.sqrt(mean));
  let [term, below, n] = [Math.exp(-mean), 0, 0];
  while (1 - below > ERROR_RATE) {
    below += term;
    n += 1;
    term *= mean / n;
  }
  return Math.max(passesNeeded(spared), n);
}
