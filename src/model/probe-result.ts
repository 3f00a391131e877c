import type { Millis } from './clock.ts';
import type { LatencyStat, ProbeErrorKind } from './hypothesis.ts';
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
  readonly latency?: Readonly<Record<LatencyStat, Millis>>;
  /** Median of each part of the request's time. */
  readonly attribution?: RequestTimings;
  /** Send lag (sent - due), 99th percentile. */
  readonly lagP99?: Millis;
  readonly statuses: Readonly<Record<string, number>>;
  readonly errors: Readonly<Partial<Record<ProbeErrorKind, number>>>;
  /** One sentence for each expectation that did not hold or could not be decided, worst first. */
  readonly reasons: readonly string[];
}
