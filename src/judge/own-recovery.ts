import type { Millis } from '../model/clock.ts';
import type { HypothesisProbe } from '../model/hypothesis.ts';
import type { Sample } from '../model/sample.ts';
import { judgeProbe } from './judge-probe.ts';
import { createTrack, type Track } from './recovery-track.ts';

/** How one probe fared by itself, whatever the others saw. */
export interface OwnRecovery {
  /** The due time of the first request from which on it held for `stable` and to the end; absent when it did not. */
  readonly since?: Millis;
  /** How often it broke again after it had held for `stable`. */
  readonly relapses: number;
}

/**
 * Follows one probe through its whole recovery, also past stretches in which it held. Where single requests may be bad it
 * finds `since` to a twentieth of `stable`, or a five-hundredth of a long watch: trying every start would take too long.
 */
export function ownRecovery(probe: HypothesisProbe, samples: readonly Sample[], stable: Millis): OwnRecovery {
  const span = (samples.at(-1)?.due ?? 0) - (samples[0]?.due ?? 0);
  const track = createTrack(probe, stable, Math.max(20, stable / 20, span / 500));
  track.add(samples);
  let since: Millis | undefined;
  let relapses = 0;
  let from = track.firstDueAfter(Number.NEGATIVE_INFINITY);
  while (from !== undefined) {
    if (since === undefined) {
      const state = track.stateFrom(from);
      if (state === 'unknown') break;
      if (state === 'held') since = from;
      else from = track.firstDueAfter(state);
    } else {
      const next = afterStretch(track, from);
      if (next !== undefined && breaks(probe, track.stretch(next))) {
        relapses += 1;
        since = undefined;
      }
      from = next;
    }
  }
  return { relapses, ...(since !== undefined && { since }) };
}

/** Whatever is only in doubt, as with the few requests of a last stretch that was cut short, does not end what held. */
function breaks(probe: HypothesisProbe, samples: readonly Sample[]): boolean {
  return judgeProbe({ probe, phase: 'recovery', samples }).verdict === 'failed';
}

function afterStretch(track: Track, from: Millis): Millis | undefined {
  return track.firstDueAfter(track.stretch(from).at(-1)?.due ?? from);
}
