import { LATENCY_STATS, type Expectation, type LatencyStat, type Pacing } from '../model/hypothesis.ts';
import type { Phase } from '../model/phase.ts';
import type { Threshold } from '../model/threshold.ts';
import type { LatencyStore } from '../stats/latency-store.ts';
import { rankOf } from '../stats/nearest-rank.ts';
import { samplesForPercentile } from '../stats/sample-size.ts';
import { plural } from '../util/plural.ts';
import { decide, type Known } from './decide.ts';
import { tooFew, type Doubt } from './doubt.ts';
import type { Tally } from './tally.ts';
import { time } from './words.ts';

/** `min` and `max` are the first and the last rank; one request is enough for them. */
const SHARE_BELOW: Readonly<Record<LatencyStat, number>> = { min: 0, p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99, max: 1 };

/** Judges the latency limits over a phase: answered requests, and timed-out ones as at least their time. */
export function judgeLatency(input: {
  readonly expect: Expectation;
  readonly tally: Tally;
  readonly tooLate: boolean;
  readonly phase: Phase;
  readonly pacing: Pacing;
}): readonly Doubt[] {
  return LATENCY_STATS.flatMap((stat) => {
    const threshold = input.expect.latency?.[stat];
    if (threshold === undefined) return [];
    const doubt = judgeStat(stat, threshold, input);
    return doubt === undefined ? [] : [doubt];
  });
}

function judgeStat(
  stat: LatencyStat,
  threshold: Threshold,
  { tally, tooLate, phase, pacing }: Omit<Parameters<typeof judgeLatency>[0], 'expect'>,
): Doubt | undefined {
  const what = `${stat} latency`;
  const got = tally.atLeast.count;
  if (got === 0)
    return { decision: 'open', reason: `${what}: expected ${threshold.text}, but no request was answered` };
  const needed = stat === 'min' || stat === 'max' ? 1 : samplesForPercentile(SHARE_BELOW[stat]);
  const decision = decide(threshold, known(stat, tally, Math.max(needed, got), tooLate));
  const figures = `${what}: expected ${threshold.text}, got ${seen(stat, tally)}`;
  if (tooLate && decision !== 'holds')
    return { decision: 'open', reason: `${figures}, but requests left too late to believe it` };
  if (decision === 'broken') return { decision, reason: figures };
  if (got < needed) {
    const everyOne = { low: (tooLate ? tally.sinceSent : tally.atLeast).min(), high: at(tally.answered, got) };
    if (phase !== 'fault' && decide(threshold, everyOne) === 'holds') return undefined;
    return tooFew(`${what} ${threshold.text}`, needed, got, pacing);
  }
  if (decision === 'holds') return undefined;
  return { decision, reason: `${figures}: raise the probe's timeout above the limit to tell` };
}

/**
 * What is known of a statistic over `size` requests, those missing being anything and those timed out anything longer.
 * Where requests left late, the wait before they left may be ours: it counts against an upper limit, never for a lower.
 */
function known(stat: LatencyStat, { answered, atLeast, sinceSent }: Tally, size: number, tooLate: boolean): Known {
  const rank = rankOf(SHARE_BELOW[stat], size);
  return { low: at(tooLate ? sinceSent : atLeast, rank - (size - atLeast.count)), high: at(answered, rank) };
}

/** The latency of a rank counted from 1; before the first it could be nothing, after the last it has no bound. */
function at(store: LatencyStore, rank: number): number {
  if (rank < 1) return 0;
  return rank > store.count ? Number.POSITIVE_INFINITY : store.quantile(rank / store.count);
}

function seen(stat: LatencyStat, tally: Tally): string {
  const value = time(statOf(tally.atLeast, stat));
  const timeouts = tally.atLeast.count - tally.answered.count;
  const over = `over ${plural(tally.atLeast.count, 'request')}`;
  return timeouts === 0
    ? `${value} ${over}`
    : `${value} or more ${over}, ${timeouts} of which timed out and count with the time they were given`;
}

/** One latency statistic in milliseconds. */
export function statOf(store: LatencyStore, stat: LatencyStat): number {
  if (stat === 'min') return store.min();
  return stat === 'max' ? store.max() : store.quantile(SHARE_BELOW[stat]);
}
