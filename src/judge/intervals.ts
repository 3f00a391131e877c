import type { Millis } from '../model/clock.ts';
import { type Percentile, PERCENTILES } from '../model/hypothesis.ts';
import type { ProbeResult } from '../model/probe-result.ts';
import { shareInterval } from '../stats/binomial.ts';
import type { LatencyStore } from '../stats/latency-store.ts';
import { quantileRanks } from '../stats/quantile-interval.ts';
import { SHARE_BELOW } from './judge-latency.ts';
import type { Tally } from './tally.ts';

/** How far what was measured may be from what is so: for reports, and for comparing runs. */
export function intervalsOf(
  { judged, good, atLeast, answered }: Tally,
  confidence: number,
): Pick<ProbeResult, 'confidence' | 'goodBetween' | 'latencyBetween'> {
  if (judged.length === 0) return {};
  const goodBetween = shareInterval(good, judged.length, confidence);
  if (atLeast.count === 0) return { confidence, goodBetween };
  const between = PERCENTILES.map((stat) => [stat, quantileBetween(SHARE_BELOW[stat], atLeast, answered, confidence)]);
  const latencyBetween = Object.fromEntries(between) as Record<Percentile, readonly [Millis | null, Millis | null]>;
  return { confidence, goodBetween, latencyBetween };
}

/** A timed-out request bounds a percentile from below, never from above. */
function quantileBetween(
  p: number,
  atLeast: LatencyStore,
  answered: LatencyStore,
  confidence: number,
): readonly [Millis | null, Millis | null] {
  const [low, high] = quantileRanks(p, atLeast.count, confidence);
  return [
    low === undefined ? null : atLeast.quantile(low / atLeast.count),
    high === undefined || high > answered.count ? null : answered.quantile(high / answered.count),
  ];
}
