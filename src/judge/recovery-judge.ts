import type { Millis } from '../model/clock.ts';
import type { HypothesisProbe } from '../model/hypothesis.ts';
import type { Sample } from '../model/sample.ts';
import { createTrack } from './recovery-track.ts';

/** Finds the first instant from which the whole hypothesis holds for a while. */
export interface RecoveryJudge {
  /** Takes samples as they arrive, in any order. */
  add(probe: string, samples: readonly Sample[]): void;
  /**
   * The due time of the first request from which on every probe held for `stable`, or undefined while that is not
   * known. `now` is on the samples' clock. Call it as often as wanted: what was refuted is not looked at again.
   */
  stableSince(now: Millis): Millis | undefined;
  /** Whether it is known that no stable stretch begins up to then. */
  isRefuted(upTo: Millis): boolean;
  /** The samples of a probe that were due in the stable stretch from `since` on, to be judged as its recovery. */
  stretch(probe: string, since: Millis): readonly Sample[];
}

/** Judges recovery over the probes whose `during` names it; without any, nothing is ever stable. */
export function createRecoveryJudge(hypothesis: readonly HypothesisProbe[], stable: Millis): RecoveryJudge {
  const tracks = hypothesis
    .filter((probe) => probe.during.includes('recovery'))
    .map((probe) => createTrack(probe, stable));
  let refutedUpTo = Number.NEGATIVE_INFINITY;
  const nextCandidate = (): Millis =>
    Math.min(...tracks.map((track) => track.firstDueAfter(refutedUpTo) ?? Number.POSITIVE_INFINITY));
  return {
    add(name, samples) {
      tracks.find((track) => track.name === name)?.add(samples);
    },
    stableSince(now) {
      for (let from = nextCandidate(); from < now; from = nextCandidate()) {
        const states = tracks.map((track) => track.stateFrom(from));
        const broken = states.filter((state) => typeof state === 'number');
        if (broken.length === 0) {
          return now >= from + stable && states.every((state) => state === 'held') ? from : undefined;
        }
        refutedUpTo = Math.max(...broken);
      }
      return undefined;
    },
    isRefuted: (upTo) => refutedUpTo >= upTo,
    stretch: (name, since) => tracks.find((track) => track.name === name)?.stretch(since) ?? [],
  };
}
