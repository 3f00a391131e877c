import { effectiveExpectation } from '../judge/effective-expectation.ts';
import type { ConnectedLab } from './lab.ts';

/** Requests of one probe in a wave, and the time between two of them. */
const WAVE = 4;
const EVERY_MS = 100;

/** Requests that let a fault show in the proxies' counters; nobody judges them. */
export interface Witnesses {
  /** Sends no more and awaits those under way. */
  stop(): Promise<void>;
}

/**
 * Sends the hypothesis' own requests, under their sessions, in waves: a wave of slow answers is awaited before the next
 * leaves, so that little has to be awaited at the end.
 */
export function startWitnesses(lab: ConnectedLab, signal: AbortSignal): Witnesses {
  const enough = new AbortController();
  const stopped = AbortSignal.any([signal, enough.signal]);
  const lines = lab.experiment.hypothesis
    .filter((it) => it.during.includes('fault'))
    .map(async (probe) => {
      const sampler = await lab.sampler;
      const expect = effectiveExpectation(probe, 'fault');
      while (!stopped.aborted) {
        const wave: Promise<unknown>[] = [];
        for (let n = 0; n < WAVE && !stopped.aborted; n += 1) {
          wave.push(sampler.once(probe.http, expect, signal));
          await lab.clock.sleep(EVERY_MS, stopped).catch(() => undefined);
        }
        await Promise.all(wave);
      }
    });
  const done = Promise.allSettled(lines);
  return {
    stop: async () => {
      enough.abort();
      await done;
    },
  };
}
