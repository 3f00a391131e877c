import { LATENCY_STATS, type Expectation, type LatencyStat, type Pacing } from '../model/hypothesis.ts';
import type { Phase } from '../model/phase.ts';
import type { Threshold } from '../model/threshold.ts';
import type { LatencyStore } from '../stats/latency-store.ts';
import { rankOf } from '../stats/nearest-rank.ts';
import { samplesForPercentile } from '../stats/sample-size.ts';
import { plural } from '../util/plural.ts';
import { type Claim, type Comparison, decideClaims, hangsOnUnknown, isShown, sidesOf } from './claim.ts';
import { decide, type Known } from './decide.ts';
import { tooFew, undecided, type Doubt } from './doubt.ts';
import { type Tally, timeOf } from './tally.ts';
import { time } from './words.ts';

/** `min` and `max` are the first and the last rank; one request is enough for them. */
export const SHARE_BELOW: Readonly<Record<LatencyStat, number>> = {
  min: 0,
  p50: 0.5,
  p90: 0.9,
  p95: 0.95,
  p99: 0.99,
  max: 1,
};

export interface LatencyQuestion {
  readonly expect: Expectation;
  readonly tally: Tally;
  readonly phase: Phase;
  readonly pacing: Pacing;
  readonly confidence: number;
}

/** Judges the latency limits over a phase: answered requests, and timed-out ones as at least their time. */
export function judgeLatency(question: LatencyQuestion): readonly Doubt[] {
  return LATENCY_STATS.flatMap((stat) => {
    const threshold = question.expect.latency?.[stat];
    if (threshold === undefined) return [];
    const got = question.tally.atLeast.count;
    if (got === 0) {
      const reason = `${stat} latency: expected ${threshold.text}, but no request was answered`;
      return [{ decision: 'open', reason }];
    }
    const confident = question.phase === 'fault' && stat !== 'min' && stat !== 'max';
    const doubt = confident ? judgeQuantile(stat, threshold, question) : judgeAsSeen(stat, threshold, question);
    return doubt === undefined ? [] : [doubt];
  });
}

/**
 * A limit on a percentile is one on a share: `p95 < 2.5s` says that at least 95 % of the requests take less than 2.5 s,
 * `p95 >= 1s` that at least 5 % take 1 s or more.
 */
function judgeQuantile(stat: LatencyStat, threshold: Threshold, question: LatencyQuestion): Doubt | undefined {
  const { tally, pacing, confidence } = question;
  const miss = 1 - confidence;
  const claims = sidesOf(threshold).map((side) => ({ side, claim: claimOf(stat, side, tally) }));
  const decision = decideClaims(
    claims.map(({ claim }) => claim),
    miss,
  );
  if (decision === 'holds') return undefined;
  const figures = `${stat} latency: expected ${threshold.text}, got ${seen(stat, tally)}`;
  if (decision === 'broken') return { decision, reason: figures };
  if (claims.some(({ claim }) => hangsOnUnknown(claim, miss))) return unknown(figures, tally);
  const open = claims.find(({ claim }) => !isShown(claim, miss));
  if (open === undefined) return undefined;
  const what = `requests that take ${open.side.op} ${time(open.side.value)}`;
  const misses = { shown: miss, broken: miss / claims.length };
  const reason = undecided({ claim: open.claim, what, turned: false, miss: misses, pacing });
  return { decision: 'open', reason: `${figures}: ${reason}` };
}

/** What hangs on requests of which the time is not known well enough. */
function unknown(figures: string, { timeDoubt }: Tally): Doubt {
  const why =
    timeDoubt === undefined
      ? ": raise the probe's timeout above the limit to tell"
      : `, but ${timeDoubt} to believe it`;
  return { decision: 'open', reason: `${figures}${why}` };
}

/** What is counted for one side of a limit on a percentile, request by request. */
function claimOf(stat: LatencyStat, side: Comparison, tally: Tally): Claim {
  const decisions = tally.judged.flatMap((sample) => {
    const known = timeOf(sample, tally);
    return known === undefined ? [] : [decide(side, known)];
  });
  const isUpper = side.op === '<' || side.op === '<=';
  const hits = decisions.filter((decision) => decision === 'holds').length;
  const open = decisions.filter((decision) => decision === 'open').length;
  const below = SHARE_BELOW[stat];
  return { share: isUpper ? below : 1 - below, hits, possibleHits: hits + open, total: decisions.length };
}

/** Judges a statistic as it was seen; where requests are too few for it, what every single one kept to holds. */
function judgeAsSeen(stat: LatencyStat, threshold: Threshold, { tally, pacing }: LatencyQuestion): Doubt | undefined {
  const what = `${stat} latency`;
  const got = tally.atLeast.count;
  const needed = stat === 'min' || stat === 'max' ? 1 : samplesForPercentile(SHARE_BELOW[stat]);
  const decision = decide(threshold, known(stat, tally, Math.max(needed, got)));
  const figures = `${what}: expected ${threshold.text}, got ${seen(stat, tally)}`;
  if (decision === 'broken') return { decision, reason: figures };
  if (got < needed) {
    const everyOne = { low: surely(stat, tally).min(), high: at(tally.answered, got) };
    if (decide(threshold, everyOne) === 'holds') return undefined;
    return tooFew(`${what} ${threshold.text}`, needed, got, pacing);
  }
  return decision === 'holds' ? undefined : unknown(figures, tally);
}

/**
 * What is known of a statistic over `size` requests, those missing being anything and those timed out anything longer.
 * Where times are in doubt, part of them may be ours: it counts against an upper limit, never for a lower.
 */
function known(stat: LatencyStat, tally: Tally, size: number): Known {
  const rank = rankOf(SHARE_BELOW[stat], size);
  return { low: at(surely(stat, tally), rank - (size - tally.atLeast.count)), high: at(tally.answered, rank) };
}

/**
 * Times that the system took for certain. We stand still for a while and not always, so that the quickest answer of all
 * is not one that we made slow.
 */
function surely(stat: LatencyStat, { atLeast, sinceSent, timeDoubt, tooLate }: Tally): LatencyStore {
  return timeDoubt === undefined || (stat === 'min' && !tooLate) ? atLeast : sinceSent;
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
