import type { Millis } from '../model/clock.ts';
import type { HypothesisProbe } from '../model/hypothesis.ts';
import type { ProbeResult } from '../model/probe-result.ts';
import type { ProbeRecovery } from '../model/recovery.ts';
import type { Sample } from '../model/sample.ts';
import { effectiveExpectation } from './effective-expectation.ts';
import { isGood } from './good-request.ts';
import { judgeProbe } from './judge-probe.ts';
import { time } from './words.ts';

export interface NotHeld {
  readonly probe: HypothesisProbe;
  /** All of the recovery, in order of due times; instants are on their clock. */
  readonly samples: readonly Sample[];
  readonly stable: Millis;
  readonly rolledBackMs: Millis;
  /** Where it began to hold, too late. */
  readonly held: Millis | undefined;
  readonly relapses: number;
  readonly baseline: ProbeResult | undefined;
  /** By how much our own standing still may have delayed any answer. */
  readonly doubtMs?: Millis;
}

/** In which state the recovery left a probe that did not hold in time, and in one sentence what stayed broken. */
export function stateAtEnd(seen: NotHeld): { readonly state: ProbeRecovery['state']; readonly detail: string } {
  const { samples, stable, held, rolledBackMs } = seen;
  if (held !== undefined) {
    return {
      state: 'late',
      detail: `held again only from ${time(held - rolledBackMs)} after the rollback on, which is too late`,
    };
  }
  const lastDue = samples.at(-1)?.due ?? 0;
  const halfway = lastDue - (lastDue - (samples[0]?.due ?? 0)) / 2;
  const atEnd = judgeFrom(seen, lastDue - stable);
  if (atEnd.verdict === 'passed') {
    return { state: 'late', detail: `was good at the end, but not for ${time(stable)} yet${history(seen)}` };
  }
  // Some limits need more requests than so short a time has; had it held for that long before, it would have been found.
  const judged = atEnd.verdict === 'failed' ? atEnd : judgeFrom(seen, Math.min(halfway, lastDue - stable));
  if (judged.verdict !== 'failed') {
    return { state: 'undecided', detail: `cannot be decided: ${judged.reasons.join('; ')}` };
  }
  return {
    state: 'broken',
    detail: `still broken ${time(lastDue - rolledBackMs)} after the rollback${history(seen)}: ${judged.reasons.join('; ')}${difference(judged, seen.baseline)}`,
  };
}

function judgeFrom({ probe, samples, doubtMs }: NotHeld, from: Millis): ProbeResult {
  const over = samples.filter(({ due }) => due > from);
  return judgeProbe({ probe, phase: 'recovery', samples: over, ...(doubtMs !== undefined && { doubtMs }) });
}

/** Since when no request was good, how many of all were, and whether it had been good before. */
function history({ probe, samples, stable, rolledBackMs, relapses }: NotHeld): string {
  const expect = effectiveExpectation(probe, 'recovery');
  const judged = samples.filter((it) => it.straddles !== true && it.sent !== undefined);
  const good = judged.filter((it) => isGood(it, expect));
  const since = judged.find((it) => it.due > (good.at(-1)?.due ?? Number.NEGATIVE_INFINITY));
  const parts = [
    relapses > 0 && `it had held for ${time(stable)} and broke again ${relapses}x`,
    good.length === judged.length
      ? `all ${judged.length} requests were good one by one`
      : `${good.length} of ${judged.length} requests since then were good${since === undefined ? '' : `, none from ${time(since.due - rolledBackMs)} on`}`,
  ];
  return ` (${parts.filter((part) => part !== false).join('; ')})`;
}

/** Figures of the end beside those from before the fault. */
function difference(now: ProbeResult, before: ProbeResult | undefined): string {
  const was = before === undefined ? 'it was not looked at' : figures(before);
  return `; at the end ${figures(now)}, before the fault ${was}`;
}

function figures({ samples, good, statuses, errors, latency }: ProbeResult): string {
  const counts = [...Object.entries(statuses), ...Object.entries(errors)].map(([what, count]) => `${what} x ${count}`);
  const half = latency === undefined ? [] : [`p50 ${time(latency.p50)}`];
  return [`${good} of ${samples} good`, ...counts, ...half].join(', ');
}
