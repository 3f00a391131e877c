import type { Pacing } from '../model/hypothesis.ts';
import type { Phase } from '../model/phase.ts';
import type { Threshold } from '../model/threshold.ts';
import { samplesForShare } from '../stats/sample-size.ts';
import { claimOf, decideClaims, hangsOnUnknown, isShown, sidesOf } from './claim.ts';
import { decide, exactly } from './decide.ts';
import { tooFew, undecided, type Doubt } from './doubt.ts';
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
  readonly confidence: number;
  /** Why some cannot be told, as a sentence goes on after "but". */
  readonly timeDoubt?: string;
  /** Goes after the figures. */
  readonly example: string;
}

/**
 * Judges a share of requests. Under the fault it has to be shown with confidence that the limit holds, or that it does
 * not; before and after, the share that was seen counts. A limit of 0 % or 100 % is about the requests that were made.
 */
export function judgeShare(question: ShareQuestion): Doubt | undefined {
  if (question.phase !== 'fault') return judgeAsSeen(question);
  const { what, threshold, hits, possibleHits, total, example, pacing, confidence } = question;
  const sides = sidesOf(threshold).filter(({ value }) => value > 0 && value < 1);
  if (sides.length === 0) return judgeAsSeen(question);
  const miss = 1 - confidence;
  const claims = sides.map((side) => ({ side, claim: claimOf(side, { hits, possibleHits, total }) }));
  const decision = decideClaims(
    claims.map(({ claim }) => claim),
    miss,
  );
  if (decision === 'holds') return undefined;
  const figures = `${what}: ${figuresOf(question)}`;
  if (decision === 'broken') return { decision, reason: `${figures}${example}` };
  if (claims.some(({ claim }) => hangsOnUnknown(claim, miss))) return tooLate(question);
  if (isPoint(threshold)) return { decision, reason: `${figures}: ${NEVER_EXACT}` };
  const open = claims.find(({ claim }) => !isShown(claim, miss));
  if (open === undefined) return undefined;
  const turned = open.side.op === '<' || open.side.op === '<=';
  return {
    decision,
    reason: `${figures}: ${undecided({ claim: open.claim, what, turned, miss: { shown: miss, broken: miss / claims.length }, pacing })}${example}`,
  };
}

const NEVER_EXACT = 'no number of requests shows a share to be exactly this: write a range';

function isPoint(threshold: Threshold): boolean {
  return threshold.kind === 'range' ? threshold.low === threshold.high : threshold.op === '==';
}

/**
 * Judges the share that was seen. With fewer requests than the limit needs, it is broken only if it would stay broken
 * were all that is missing in its favour; a unanimous answer stands in for the missing requests.
 */
function judgeAsSeen(question: ShareQuestion): Doubt | undefined {
  const { what, threshold, hits, possibleHits, total, pacing, example } = question;
  const needed = samplesNeeded(threshold);
  const missing = Math.max(0, needed - total);
  const size = total + missing;
  const decision = decide(threshold, { low: hits / size, high: (possibleHits + missing) / size });
  if (decision === 'broken') return { decision, reason: `${what}: ${figuresOf(question)}${example}` };
  if (missing > 0) {
    const unanimous = hits === possibleHits && (hits === 0 || hits === total);
    if (unanimous && decide(threshold, exactly(hits / total)) === 'holds') return undefined;
    return tooFew(`${what} ${threshold.text}`, needed, total, pacing);
  }
  return decision === 'holds' ? undefined : tooLate(question);
}

function tooLate(question: ShareQuestion): Doubt {
  const why = `but ${question.timeDoubt ?? 'requests left too late'} for their times to be believed`;
  return { decision: 'open', reason: `${question.what}: ${figuresOf(question)}, ${why}${question.example}` };
}

function figuresOf({ threshold, hits, total }: ShareQuestion): string {
  return `expected ${threshold.text}, got ${percent(hits / total)} (${hits} of ${total})`;
}

function samplesNeeded(threshold: Threshold): number {
  return threshold.kind === 'compare'
    ? samplesForShare(threshold.value)
    : Math.max(samplesForShare(threshold.low), samplesForShare(threshold.high));
}
