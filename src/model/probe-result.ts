import type { Millis } from './clock.ts';
import type { LatencyStat, Percentile, ProbeErrorKind } from './hypothesis.ts';
import type { Phase } from './phase.ts';
import type { RequestTimings } from './sample.ts';
import type { ProbeVerdict } from './verdict.ts';

/** What the samples of one probe in one phase add up to. */
export interface ProbeResult {
  readonly probe: string;
  readonly phase: Phase;
  readonly verdict: ProbeVerdict;
  /** Requests judged (sent, ended, not straddling). */
  readonly samples: number;
  readonly good: number;
  /** Planned but never sent. */
  readonly dropped: number;
  /** Sent later than the allowed lateness after they were due. */
  readonly late: number;
  /** So many were late, or this machine stood still for so long, that times may be its own doing. */
  readonly timeDoubted?: true;
  readonly latency?: Readonly<Record<LatencyStat, Millis>>;
  /** Of the intervals below, 0..1: so often they hold what they are about. Absent in journals of before. */
  readonly confidence?: number;
  /** Where the share of good requests lies (Clopper-Pearson). */
  readonly goodBetween?: readonly [low: number, high: number];
  /** Where each percentile lies; null where so few requests give no bound. */
  readonly latencyBetween?: Readonly<Record<Percentile, readonly [low: Millis | null, high: Millis | null]>>;
  /** Median of each part of the request's time. */
  readonly attribution?: RequestTimings;
  /** Send lag (sent - due), 99th percentile. */
  readonly lagP99?: Millis;
  readonly statuses: Readonly<Record<string, number>>;
  readonly errors: Readonly<Partial<Record<ProbeErrorKind, number>>>;
  /** One sentence for each expectation that did not hold or could not be decided, worst first. */
  readonly reasons: readonly string[];
}
