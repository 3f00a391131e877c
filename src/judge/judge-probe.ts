import { DEFAULT_CONFIDENCE } from '../model/confidence.ts';
import type { Millis } from '../model/clock.ts';
import { LATENCY_STATS, type Expectation, type HypothesisProbe, type LatencyStat } from '../model/hypothesis.ts';
import type { Phase } from '../model/phase.ts';
import type { ProbeResult } from '../model/probe-result.ts';
import type { RequestTimings, Sample } from '../model/sample.ts';
import type { Threshold } from '../model/threshold.ts';
import type { ProbeVerdict } from '../model/verdict.ts';
import { median } from '../stats/median.ts';
import { nearestRank } from '../stats/nearest-rank.ts';
import { plural } from '../util/plural.ts';
import { describeBad } from './bad-requests.ts';
import { intervalsOf } from './intervals.ts';
import type { Doubt } from './doubt.ts';
import { effectiveExpectation } from './effective-expectation.ts';
import { judgeLatency, statOf } from './judge-latency.ts';
import { judgeShare } from './judge-share.ts';
import { matchesStatus } from './match-status.ts';
import { sendLag, tally, type Tally } from './tally.ts';

const ALL_GOOD: Threshold = { kind: 'compare', op: '>=', value: 1, text: '>= 100%' };

const TIMINGS = ['dns', 'connect', 'tls', 'send', 'wait', 'receive'] as const satisfies (keyof RequestTimings)[];

export interface ProbeInput {
  readonly probe: HypothesisProbe;
  readonly phase: Phase;
  /** The samples that were due in this phase. */
  readonly samples: readonly Sample[];
  /** Of verdicts under the fault and of intervals, 0..1; 0.95 when not given. */
  readonly confidence?: number | undefined;
  /** By how much our own standing still may have delayed any answer; 0 when not given. */
  readonly doubtMs?: Millis;
}

/** Adds the samples of one probe in one phase up to a verdict with its reasons (rules: docs/judgement.md). */
export function judgeProbe({
  probe,
  phase,
  samples,
  confidence = DEFAULT_CONFIDENCE,
  doubtMs,
}: ProbeInput): ProbeResult {
  const expect = effectiveExpectation(probe, phase);
  const counted = tally(samples, expect, doubtMs);
  const figures = { ...figuresOf(probe, phase, counted), ...intervalsOf(counted, confidence) };
  if (!probe.during.includes(phase)) {
    return { ...figures, verdict: 'skipped', reasons: [`not part of the hypothesis in the ${phase} phase`] };
  }
  const doubts = doubtsOf({ probe, phase, expect, counted, confidence });
  const broken = doubts.filter((doubt) => doubt.decision === 'broken');
  const open = doubts.filter((doubt) => doubt.decision === 'open');
  const reasons = [...broken, ...open].map((doubt) => doubt.reason);
  return { ...figures, verdict: verdictOf(broken.length, open.length), reasons };
}

/** Whether the probe holds over these samples of a recovery: the verdict of `judgeProbe` without its figures. */
export function holdsInRecovery(probe: HypothesisProbe, samples: readonly Sample[]): boolean {
  const expect = effectiveExpectation(probe, 'recovery');
  const counted = tally(samples, expect);
  return doubtsOf({ probe, phase: 'recovery', expect, counted, confidence: DEFAULT_CONFIDENCE }).length === 0;
}

function verdictOf(broken: number, open: number): ProbeVerdict {
  if (broken > 0) return 'failed';
  return open > 0 ? 'inconclusive' : 'passed';
}

function doubtsOf({
  probe,
  phase,
  expect,
  counted,
  confidence,
}: Pick<ProbeInput, 'probe' | 'phase'> & {
  readonly expect: Expectation;
  readonly counted: Tally;
  readonly confidence: number;
}): readonly Doubt[] {
  const total = counted.judged.length;
  if (total === 0)
    return [
      { decision: 'open', reason: `no request was answered or failed in the ${phase} phase` },
      ...dropped(counted),
    ];
  const share = { total, phase, pacing: probe.pacing, confidence };
  const good = judgeShare({
    ...share,
    what: 'good requests',
    threshold: expect.good ?? ALL_GOOD,
    hits: counted.good,
    possibleHits: counted.timeDoubt === undefined ? counted.good : counted.goodButForTime,
    ...(counted.timeDoubt !== undefined && { timeDoubt: counted.timeDoubt }),
    example: describeBad(counted.judged, expect),
  });
  const others = [...statusShares(expect, counted), ...errorShares(expect, counted)].map((question) =>
    judgeShare({ ...share, ...question, possibleHits: question.hits, example: '' }),
  );
  return [
    ...[good, ...others].filter((doubt) => doubt !== undefined),
    ...judgeLatency({ ...share, expect, tally: counted }),
    ...dropped(counted),
  ];
}

interface CountedShare {
  readonly what: string;
  readonly threshold: Threshold;
  readonly hits: number;
}

function statusShares(expect: Expectation, counted: Tally): readonly CountedShare[] {
  return Object.entries(expect.statuses ?? {}).map(([pattern, threshold]) => {
    const matching = Object.entries(counted.statuses).filter(([status]) => matchesStatus(pattern, Number(status)));
    return { what: `status ${pattern}`, threshold, hits: matching.reduce((sum, [, number]) => sum + number, 0) };
  });
}

function errorShares(expect: Expectation, counted: Tally): readonly CountedShare[] {
  const limits = Object.entries(expect.errors ?? {}) as [keyof Tally['errors'], Threshold][];
  return limits.map(([kind, threshold]) => ({ what: `error ${kind}`, threshold, hits: counted.errors[kind] ?? 0 }));
}

function dropped(counted: Tally): readonly Doubt[] {
  if (counted.dropped === 0) return [];
  const reason = `${plural(counted.dropped, 'request')} planned but never sent, because too many were under way: raise maxInFlight or lower the rate`;
  return [{ decision: 'open', reason }];
}

function figuresOf(probe: HypothesisProbe, phase: Phase, counted: Tally): Omit<ProbeResult, 'verdict' | 'reasons'> {
  const lags = Float64Array.from(counted.judged, sendLag).sort();
  return {
    probe: probe.name,
    phase,
    samples: counted.judged.length,
    good: counted.good,
    dropped: counted.dropped,
    late: counted.late,
    ...(counted.timeDoubt !== undefined && { timeDoubted: true as const }),
    ...(counted.atLeast.count > 0 && { latency: latencies(counted) }),
    ...(counted.answered.count > 0 && { attribution: attribution(counted.judged) }),
    ...(lags.length > 0 && { lagP99: nearestRank(lags, 0.99) }),
    statuses: counted.statuses,
    errors: counted.errors,
  };
}

function latencies(counted: Tally): Readonly<Record<LatencyStat, number>> {
  const entries = LATENCY_STATS.map((stat) => [stat, statOf(counted.atLeast, stat)]);
  return Object.fromEntries(entries) as Record<LatencyStat, number>;
}

function attribution(judged: readonly Sample[]): RequestTimings {
  const timings = judged.flatMap((sample) => (sample.error === undefined && sample.timings ? [sample.timings] : []));
  const medians = TIMINGS.map((part) => [part, median(timings.flatMap((timing) => timing[part] ?? []))] as const);
  return Object.fromEntries(medians.filter(([, value]) => value !== undefined));
}
