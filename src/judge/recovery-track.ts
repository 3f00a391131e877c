import type { Millis } from '../model/clock.ts';
import type { HypothesisProbe, Pacing } from '../model/hypothesis.ts';
import type { Sample } from '../model/sample.ts';
import { isGood } from './good-request.ts';
import { holdsInRecovery } from './judge-probe.ts';

/** What one probe saw during recovery, in order of due times. */
export interface Track {
  readonly name: string;
  add(samples: readonly Sample[]): void;
  firstDueAfter(instant: Millis): Millis | undefined;
  /** Held over the stretch that starts there, not yet known, or broken: then the instant up to which no start can do. */
  stateFrom(from: Millis): 'held' | 'unknown' | Millis;
  stretch(from: Millis): readonly Sample[];
}

/** Starts closer together than this are not tried one by one, which bounds the work at high rates. */
const STEP: Millis = 20;

/**
 * An empty track of a probe that must hold for `stable`; one rarer than that is judged over one request. Where single
 * requests may be bad, `step` is how close together the starts are that are tried.
 */
export function createTrack(probe: HypothesisProbe, stable: Millis, step: Millis = STEP): Track {
  const samples: Sample[] = [];
  const stretch = (from: Millis): readonly Sample[] => stretchOf(samples, probe.pacing, from, stable);
  return {
    name: probe.name,
    add(batch) {
      samples.push(...batch.filter((sample) => sample.straddles !== true));
      samples.sort((a, b) => a.due - b.due);
    },
    firstDueAfter: (instant) => samples[firstIndex(samples, (due) => due > instant)]?.due,
    stateFrom(from) {
      const seen = stretch(from);
      const bad = everyRequestMustHold(probe) && seen.findLast((sample) => !isGood(sample, probe.expect));
      if (bad) return bad.due;
      if (!isComplete(seen, probe.pacing, from, stable)) return 'unknown';
      return holdsInRecovery(probe, seen) ? 'held' : from + step;
    },
    stretch,
  };
}

function stretchOf(samples: readonly Sample[], pacing: Pacing, from: Millis, stable: Millis): readonly Sample[] {
  const start = firstIndex(samples, (due) => due >= from);
  if (pacing.kind === 'closed') return samples.slice(start, start + pacing.requests);
  const end = from + Math.max(stable, 1000 / pacing.perSecond);
  return samples.slice(
    start,
    firstIndex(samples, (due) => due >= end - tolerance(pacing.perSecond)),
  );
}

/** No request that was planned in the stretch is still under way: due times follow each other without a gap. */
function isComplete(seen: readonly Sample[], pacing: Pacing, from: Millis, stable: Millis): boolean {
  if (pacing.kind === 'closed') return seen.length === pacing.requests;
  const interval = 1000 / pacing.perSecond;
  const longest = interval + tolerance(pacing.perSecond);
  const end = from + Math.max(stable, interval);
  const dues = [...seen.map((sample) => sample.due), end];
  return dues.every((due, index) => due - (dues[index - 1] ?? from) <= longest);
}

/** Due times are computed in floating point; a hundredth of an interval tells neighbours apart all the same. */
function tolerance(perSecond: number): Millis {
  return 10 / perSecond;
}

function everyRequestMustHold({ expect }: HypothesisProbe): boolean {
  return (
    expect.good === undefined || (expect.good.kind === 'compare' && expect.good.op !== '<' && expect.good.value === 1)
  );
}

function firstIndex(samples: readonly Sample[], matches: (due: Millis) => boolean): number {
  let low = 0;
  let high = samples.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const sample = samples[middle];
    if (sample !== undefined && matches(sample.due)) high = middle;
    else low = middle + 1;
  }
  return low;
}
