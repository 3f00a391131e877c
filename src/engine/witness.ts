import { effectiveExpectation } from '../judge/effective-expectation.ts';
import type { Expectation, HttpRequestSpec } from '../model/hypothesis.ts';
import type { ConnectedLab } from './lab.ts';

/** Requests of one probe under way at once, and the time between two of them. */
const MOST_IN_FLIGHT = 4;
const EVERY_MS = 100;

/** Requests that let a fault show in the proxies' counters; nobody judges them. */
export interface Witnesses {
  /** Sends no more and awaits those under way. */
  stop(): Promise<void>;
}

/** What is asked again and again. */
interface Asked {
  readonly http: HttpRequestSpec;
  readonly expect: Expectation;
}

/**
 * Sends requests - the hypothesis' own, under their sessions - until stopped or aborted. Where many are under way, `wait`
 * lets all of them end before the next leaves, so that little has to be awaited at the end; `cut` gives up the oldest,
 * so that answers held up by a fault that is over do not keep newer ones from leaving.
 */
export function startWitnesses(
  lab: ConnectedLab,
  signal: AbortSignal,
  whenMany: 'wait' | 'cut',
  asked: readonly Asked[] = ownRequests(lab),
): Witnesses {
  const enough = new AbortController();
  const stopped = AbortSignal.any([signal, enough.signal]);
  const done = Promise.allSettled(
    asked.map(async (one) => {
      const send = await sender(lab, one, signal);
      const underWay: Sent[] = [];
      while (!stopped.aborted) {
        underWay.push(send());
        await lab.clock.sleep(EVERY_MS, stopped).catch(() => undefined);
        if (underWay.length >= MOST_IN_FLIGHT) await makeRoom(underWay, whenMany);
      }
      await Promise.all(underWay.map((it) => it.ended));
    }),
  );
  return {
    stop: async () => {
      enough.abort();
      await done;
    },
  };
}

interface Sent {
  readonly cut: AbortController;
  readonly ended: Promise<void>;
}

function ownRequests({ experiment }: ConnectedLab): readonly Asked[] {
  const probes = experiment.hypothesis.filter((it) => it.during.includes('fault'));
  return probes.map((probe) => ({ http: probe.http, expect: effectiveExpectation(probe, 'fault') }));
}

async function sender(lab: ConnectedLab, { http, expect }: Asked, signal: AbortSignal): Promise<() => Sent> {
  const sampler = await lab.sampler;
  return () => {
    const cut = new AbortController();
    const answer = sampler.once(http, expect, AbortSignal.any([signal, cut.signal]));
    const ended = answer.then(
      () => undefined,
      () => undefined,
    );
    return { cut, ended };
  };
}

async function makeRoom(underWay: Sent[], how: 'wait' | 'cut'): Promise<void> {
  if (how === 'wait') await Promise.all(underWay.splice(0).map((it) => it.ended));
  else underWay.shift()?.cut.abort(new Error('the answer is no longer needed'));
}
