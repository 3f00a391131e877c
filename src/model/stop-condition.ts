import type { Millis } from './clock.ts';
import type { Expectation, HttpRequestSpec, LatencyStat, Pacing } from './hypothesis.ts';
import type { Threshold } from './threshold.ts';

/** The requests that a stop condition looks at. */
export type StopWatched =
  /** Those of a probe of the hypothesis. */
  | { readonly kind: 'probe'; readonly probe: string }
  /** Its own, which do not count for the hypothesis. */
  | {
      readonly kind: 'canary';
      readonly http: HttpRequestSpec;
      readonly pacing: Extract<Pacing, { kind: 'open' }>;
      /** What is checked on each request. */
      readonly expect: Expectation;
    };

/** What is true when an experiment has to stop: any one of these, over a sliding window. */
export type StopWhen = Pick<Expectation, 'good' | 'latency' | 'statuses' | 'errors'>;

/** One entry of `abortWhen`. */
export interface StopCondition {
  readonly name: string;
  readonly watched: StopWatched;
  readonly window: Millis;
  readonly when: StopWhen;
  /** Requests that a window needs before it says anything; by default what each statement needs. */
  readonly minSamples?: number;
  readonly line: number;
}

/** When an experiment was stopped: before anything was injected, before its faults were shown to bite, or after. */
export type StopStage = 'baseline' | 'proof' | 'fault';

/** What a window showed when a stop condition came true. */
export interface Breach {
  /** `good requests`, `p95 latency`, `status 5xx`, `error timeout`. */
  readonly what: string;
  /** The limit as it is written, e.g. `< 50%`. */
  readonly limit: string;
  /** `10% (2 of 20)`. */
  readonly seen: string;
  readonly window: Millis;
  /** When it came true, on the clock of the samples. */
  readonly at: Millis;
}

/** An experiment that one of its stop conditions has ended. */
export interface Stopped extends Breach {
  readonly condition: string;
  readonly stage: StopStage;
  /** How long the stage had lasted; a proof counts from before the first fault was injected. */
  readonly afterMs: Millis;
  /** How long it was to last; a proof has no such time. */
  readonly ofMs?: Millis;
}

/** One bad answer must not end a run. */
const FEWEST = 5;

const SHARE_BELOW: Readonly<Record<LatencyStat, number>> = { min: 0, p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99, max: 1 };

/** The share of requests that a latency statistic exceeds: 0.95 for `p95`. */
export function shareBelow(stat: LatencyStat): number {
  return SHARE_BELOW[stat];
}

/** Requests that a window needs before a percentile means anything: one of them above it. */
export function fewestForStat(stat: LatencyStat): number {
  const below = shareBelow(stat);
  return Math.max(FEWEST, below === 1 ? 1 : inverse(1 - below));
}

/** Requests that a window needs before a share does: so many that one request is no more than the limit, or what it leaves. */
export function fewestForShare(threshold: Threshold): number {
  const limits = threshold.kind === 'compare' ? [threshold.value] : [threshold.low, threshold.high];
  return Math.max(FEWEST, ...limits.map((it) => Math.min(it, 1 - it)).map((it) => (it <= 0 ? 1 : inverse(it))));
}

/** 1 / (1 - 0.9) is 10.000000000000002 in floating point. */
function inverse(share: number): number {
  return Math.ceil(Number((1 / share).toPrecision(9)));
}
