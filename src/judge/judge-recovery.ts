import type { Millis } from '../model/clock.ts';
import type { ExperimentEvent } from '../model/event.ts';
import type { HypothesisProbe } from '../model/hypothesis.ts';
import type { PhasePlan } from '../model/phase.ts';
import type { ProbeResult } from '../model/probe-result.ts';
import type { ProbeRecovery } from '../model/recovery.ts';
import type { Sample } from '../model/sample.ts';
import { effectiveExpectation } from './effective-expectation.ts';
import { judgeProbe } from './judge-probe.ts';
import { ownRecovery } from './own-recovery.ts';
import { bucketWidth, recoveryCurve } from './recovery-curve.ts';
import { createTrack } from './recovery-track.ts';
import { stateAtEnd } from './still-broken.ts';
import { time } from './words.ts';

/** A recovery that was watched. All instants are on the clock of the samples. */
export interface WatchedRecovery {
  readonly phases: PhasePlan;
  readonly confidence?: number | undefined;
  /** By how much our own standing still may have delayed any answer. */
  readonly doubtMs?: Millis;
  /** The write that took the last fault back. */
  readonly rolledBackMs: Millis;
  readonly startedMs: Millis;
  /** Where the stretch began in which all held, if it began in time. */
  readonly since: Millis | undefined;
  /** All of the phase, of the probes that take part. */
  readonly samples: ReadonlyMap<HypothesisProbe, readonly Sample[]>;
  readonly baseline: readonly ProbeResult[];
}

export interface JudgedRecovery {
  readonly event: Extract<ExperimentEvent, { readonly type: 'recovered' }>;
  /** One for each probe that takes part: over the stretch in which it held, and over everything where there is none. */
  readonly results: readonly ProbeResult[];
}

/** Says when each probe and all of them held again, and of those that did not what stayed broken. */
export function judgeRecovery(watched: WatchedRecovery): JudgedRecovery {
  const { rolledBackMs, startedMs, since } = watched;
  const tracks = [...watched.samples].map(([probe, samples]) => ({
    probe,
    samples: samples.toSorted((a, b) => a.due - b.due),
  }));
  const ends = tracks.map(({ samples }) => samples.at(-1)?.due ?? startedMs);
  const bucketMs = bucketWidth(Math.max(startedMs, ...ends) - rolledBackMs);
  const judged = tracks.map((track) => judgeOne(track, watched, bucketMs));
  const recovered = since !== undefined;
  return {
    results: judged.map(({ result }) => result),
    event: {
      type: 'recovered',
      recovered,
      ...(recovered && { recoveryMs: Math.max(0, since - rolledBackMs) }),
      rolledBackMs,
      detail: sentence(
        watched,
        judged.map(({ seen }) => seen),
      ),
      watch: {
        watchedFromMs: Math.max(0, startedMs - rolledBackMs),
        bucketMs,
        probes: judged.map(({ seen }) => seen),
      },
    },
  };
}

interface JudgedProbe {
  readonly result: ProbeResult;
  readonly seen: ProbeRecovery;
}

interface Seen {
  readonly probe: HypothesisProbe;
  readonly samples: readonly Sample[];
}

function judgeOne({ probe, samples }: Seen, watched: WatchedRecovery, bucketMs: Millis): JudgedProbe {
  const { rolledBackMs, startedMs, since, confidence, doubtMs } = watched;
  const doubt = doubtMs !== undefined && { doubtMs };
  const { within, stable } = watched.phases.recovery;
  const own = ownRecovery(probe, samples, stable);
  const curve = recoveryCurve(samples, effectiveExpectation(probe, 'recovery'), rolledBackMs, bucketMs);
  // All held from `since` on, also where this one is judged over longer stretches by itself, or broke again afterwards.
  const held = own.relapses === 0 ? earlier(own.since, since) : (own.since ?? since);
  const recoveryMs = held === undefined ? undefined : Math.max(0, held - rolledBackMs);
  const seen = { probe: probe.name, relapses: own.relapses, ...(recoveryMs !== undefined && { recoveryMs }), curve };
  const judge = (over: readonly Sample[]): ProbeResult =>
    judgeProbe({ probe, phase: 'recovery', samples: over, confidence, ...doubt });
  if (since !== undefined || (held !== undefined && held - startedMs <= within)) {
    return {
      result: judge(stretchOf(probe, samples, stable, since ?? held ?? 0)),
      seen: { ...seen, state: 'recovered' },
    };
  }
  const end = stateAtEnd({
    probe,
    samples,
    stable,
    rolledBackMs,
    held,
    relapses: own.relapses,
    baseline: baselineOf(watched, probe),
    ...doubt,
  });
  const verdict = end.state === 'undecided' ? 'inconclusive' : 'failed';
  return { result: { ...judge(samples), verdict, reasons: [end.detail] }, seen: { ...seen, ...end } };
}

function earlier(a: Millis | undefined, b: Millis | undefined): Millis | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

function stretchOf(
  probe: HypothesisProbe,
  samples: readonly Sample[],
  stable: Millis,
  from: Millis,
): readonly Sample[] {
  const track = createTrack(probe, stable);
  track.add(samples);
  return track.stretch(from);
}

function baselineOf({ baseline }: WatchedRecovery, { name }: HypothesisProbe): ProbeResult | undefined {
  return baseline.find((it) => it.phase === 'baseline' && it.probe === name && it.verdict !== 'skipped');
}

function sentence(watched: WatchedRecovery, seen: readonly ProbeRecovery[]): string {
  const { rolledBackMs, since } = watched;
  const { within, stable } = watched.phases.recovery;
  const relapses = seen
    .filter((it) => it.relapses > 0)
    .map((it) => `; ${it.probe} held for ${time(stable)} and broke again (${it.relapses}x)`);
  if (since !== undefined) {
    const atOnce = since <= firstDue(watched) ? ', or earlier: it held when watching began' : '';
    return `the hypothesis held for ${time(stable)} from ${time(Math.max(0, since - rolledBackMs))} after the rollback on${atOnce}${relapses.join('')}`;
  }
  const never = `the hypothesis did not hold for ${time(stable)} in a row, beginning within ${time(within)} of the faults' being gone`;
  const back = seen.filter((it) => it.state === 'recovered');
  if (back.length === seen.length) return `${never}: each of its probes did, but never all at once${relapses.join('')}`;
  const held = back.map((it) => `; ${it.probe} held from ${time(it.recoveryMs ?? 0)} after the rollback on`);
  return `${never}${held.join('')}`;
}

function firstDue({ samples }: WatchedRecovery): Millis {
  const dues = [...samples.values()].flat().map(({ due }) => due);
  return dues.reduce((first, due) => Math.min(first, due), Number.POSITIVE_INFINITY);
}
