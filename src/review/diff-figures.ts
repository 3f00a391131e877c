import { PERCENTILES, type Percentile } from '../model/hypothesis.ts';
import type { ProbeResult } from '../model/probe-result.ts';
import type { Direction, Figure, FigureDiff } from '../model/run-diff.ts';
import { shareInterval } from '../stats/binomial.ts';
import { chanceOfMoreHits, type Count } from '../stats/fisher.ts';
import { isQuantileHigher } from '../stats/quantile-shift.ts';
import type { Latencies } from './read-run.ts';

/** What one run has of a probe in a phase. */
export interface Measured {
  readonly result: ProbeResult;
  readonly latencies: Latencies;
}

/** A figure of both runs that has not been judged yet: `direction` says it, at most so often (0..1) wrongly. */
export interface Comparison {
  readonly figure: Omit<FigureDiff, 'direction'>;
  readonly direction: (miss: number) => Direction;
}

/** What can be compared: good requests only where the same was expected, times only where requests left on time. */
export interface Comparable {
  readonly good: boolean;
  readonly latency: boolean;
}

const QUANTILE: Readonly<Record<Percentile, number>> = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99 };

/** The shares and percentiles that both runs have of a probe in a phase. */
export function comparisonsOf(before: Measured, after: Measured, comparable: Comparable): readonly Comparison[] {
  if (before.result.samples === 0 || after.result.samples === 0) return [];
  return [
    ...(comparable.good ? [goodRequests(before.result, after.result)] : []),
    ...otherShares(before.result, after.result),
    ...(comparable.latency ? PERCENTILES.flatMap((stat) => percentile(stat, before, after)) : []),
  ];
}

function goodRequests(before: ProbeResult, after: ProbeResult): Comparison {
  const [one, other] = [before, after].map(({ good, samples }) => ({ hits: good, total: samples })) as [Count, Count];
  const more = { up: 'better', down: 'worse' } as const;
  return share(before, 'good', one, other, more, [before.confidence, after.confidence]);
}

/** Whether more of a status or an error is good or bad depends on what was wanted. */
function otherShares(before: ProbeResult, after: ProbeResult): readonly Comparison[] {
  const kinds = [
    { name: 'status', of: (result: ProbeResult) => result.statuses },
    { name: 'error', of: (result: ProbeResult): Readonly<Record<string, number>> => result.errors },
  ];
  const more = { up: 'changed', down: 'changed' } as const;
  return kinds.flatMap(({ name, of }) => {
    const keys = [...new Set([...Object.keys(of(before)), ...Object.keys(of(after))])].sort();
    return keys.map((key) => {
      const [one, other] = [before, after].map((it) => ({ hits: of(it)[key] ?? 0, total: it.samples })) as [
        Count,
        Count,
      ];
      return share(before, `${name} ${key}`, one, other, more, [before.confidence, after.confidence]);
    });
  });
}

function share(
  { phase, probe }: ProbeResult,
  figure: string,
  before: Count,
  after: Count,
  more: { readonly up: Direction; readonly down: Direction },
  [confidenceBefore, confidenceAfter]: readonly (number | undefined)[],
): Comparison {
  const shown = ({ hits, total }: Count, confidence = 0.95): Figure => ({
    value: hits / total,
    between: shareInterval(hits, total, confidence),
    samples: total,
  });
  return {
    figure: {
      phase,
      probe,
      figure,
      unit: 'share',
      before: shown(before, confidenceBefore),
      after: shown(after, confidenceAfter),
    },
    direction: (miss) => {
      if (chanceOfMoreHits(after, before) <= miss / 2) return more.up;
      return chanceOfMoreHits(before, after) <= miss / 2 ? more.down : 'same';
    },
  };
}

function percentile(stat: Percentile, before: Measured, after: Measured): readonly Comparison[] {
  const [one, other] = [figureOf(stat, before), figureOf(stat, after)];
  if (one === undefined || other === undefined) return [];
  const { phase, probe } = before.result;
  return [
    {
      figure: { phase, probe, figure: stat, unit: 'ms', before: one, after: other },
      direction: (miss) => {
        const isHigher = ({ latencies: { atLeast } }: Measured, { latencies: { atMost } }: Measured): boolean =>
          isQuantileHigher(QUANTILE[stat], atLeast, atMost, miss / 2);
        if (isHigher(after, before)) return 'worse';
        return isHigher(before, after) ? 'better' : 'same';
      },
    },
  ];
}

function figureOf(stat: Percentile, { result, latencies }: Measured): Figure | undefined {
  const value = result.latency?.[stat];
  if (value === undefined) return undefined;
  const between = result.latencyBetween?.[stat];
  return { value, ...(between !== undefined && { between }), samples: latencies.atLeast.length };
}
