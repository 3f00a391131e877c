import type { Pacing } from '../model/hypothesis.ts';
import type { Phase } from '../model/phase.ts';
import type { Threshold } from '../model/threshold.ts';
import { samplesForShare } from '../stats/sample-size.ts';
import { decide, exactly } from './decide.ts';
import { tooFew, type Doubt } from './doubt.ts';
import { percent } from './words.ts';

export interface ShareQuestion {
  /** What is counted, e.g. `good requests`. */
  readonly what: string;
  readonly threshold: Threshold;
  /** Requests that count for certain. */
  readonly hits: number;
  /** Requests that may count: more than `hits` where some cannot be told. */
  readonly possibleHits: number;
  readonly total: number;
  readonly phase: Phase;
  readonly pacing: Pacing;
  /** Goes after the figures. */
  readonly example: string;
}

/**
 * Judges a share of requests. With fewer requests than the limit needs, it is broken only if it would stay broken were
 * all that is missing in its favour. Outside the fault phase a unanimous answer stands in for the missing requests.
 */
export function judgeShare(question: ShareQuestion): Doubt | undefined {
  const { what, threshold, hits, possibleHits, total, phase, pacing, example } = question;
  const needed = samplesNeeded(threshold);
  const missing = Math.max(0, needed - total);
  const size = total + missing;
  const decision = decide(threshold, { low: hits / size, high: (possibleHits + missing) / size });
  if (decision === 'broken') {
    const figures = `expected ${threshold.text}, got ${percent(hits / total)} (${hits} of ${total})`;
    return { decision, reason: `${what}: ${figures}${example}` };
  }
  if (missing > 0) {
    const unanimous = hits === possibleHits && (hits === 0 || hits === total);
    if (phase !== 'fault' && unanimous && decide(threshold, exactly(hits / total)) === 'holds') return undefined;
    return tooFew(`${what} ${threshold.text}`, needed, total, pacing);
  }
  if (decision === 'holds') return undefined;
  return {
    decision,
    reason: `${what}: expected ${threshold.text}, got ${percent(hits / total)} (${hits} of ${total}), but requests left too late for their times to be believed${example}`,
  };
}

function samplesNeeded(threshold: Threshold): number {
  return threshold.kind === 'compare'
    ? samplesForShare(threshold.value)
    : Math.max(samplesForShare(threshold.low), samplesForShare(threshold.high));
}
