import type { Millis } from '../../model/clock.ts';
import type { Counts } from './counters.ts';
import { growth } from './evidence.ts';
import type { Reading, Sighting } from './watch-book.ts';

/** By then every proxy has its new routes, traffic or not: istiod waits 100 ms as a rule, rarely longer than seconds. */
const SETTLED_MS = 8_000;
/** Where no request was ever hit there is little to take back. */
const UNTOUCHED_MS = 2_000;
/** Chance that we allow ourselves to call a biting fault gone. */
const ERROR_RATE = 0.001;

/** Whether one caller is rid of the fault, and what shows it. */
export interface CallerVerdict {
  readonly pod: string;
  readonly gone: boolean;
  readonly detail: string;
}

/**
 * Judges each caller that the fault was seen to hit, from its counters alone.
 *
 * Where every request was hit, one that passes proves the caller's proxy switched. Otherwise a passing request proves
 * little: it may be one the fault never aimed at. Then, if a share p of requests was hit, n passing ones with no hit among
 * them happen with chance (1 - p)^n under a fault that still bites; n is taken so that this is under 1 in 1,000. A delayed
 * request counts only when it completes, so they are counted up to one delay ago, by when their delayed fellows would show.
 */
export function judgeGone(sighting: Sighting, total: boolean, lingerMs: Millis): readonly CallerVerdict[] {
  const { baseline, after } = sighting;
  const [first, last] = [after[0], after.at(-1)];
  if (first === undefined || last === undefined) return [];
  // The first reading after the rollback ends the share's measurement.
  const whole = growth(baseline, first.evidence);
  const hit = Object.entries(whole).filter(([, { faulted }]) => faulted > 0);
  if (hit.length === 0) return [untouched(first, last)];
  return hit.flatMap(([pod, counts]) => {
    const isSilent = last.evidence.silent.includes(pod);
    // A pod that is not there any more cannot be hit.
    if (last.evidence.counts[pod] === undefined && !isSilent) return [];
    const verdict = isSilent ? undefined : judgeCaller(pod, counts, sighting, total, lingerMs);
    if (verdict?.gone === true) return [verdict];
    const settled = settledFor(pod, after) >= SETTLED_MS && last.at - first.at >= SETTLED_MS + lingerMs;
    if (settled) return [{ pod, gone: true, detail: `${pod}: not hit for ${SETTLED_MS / 1000} s` }];
    return [verdict ?? { pod, gone: false, detail: `${pod}: its counters cannot be read` }];
  });
}

function judgeCaller(pod: string, counts: Counts, sighting: Sighting, total: boolean, lingerMs: Millis): CallerVerdict {
  const { after, baseline, firstActive, lastDuring } = sighting;
  const last = after.at(-1) as Reading;
  const during = firstActive && lastDuring ? growth(firstActive, lastDuring)[pod] : undefined;
  const always = total || (counts.faulted >= 3 && during !== undefined && during.faulted > 0 && during.clean === 0);
  if (always) {
    const needed = total ? 1 : 2;
    const wasHit = lastDuring !== undefined && (growth(baseline, lastDuring)[pod]?.faulted ?? 0) > 0;
    const reference = wasHit ? lastDuring : (after[0] as Reading).evidence;
    const passed = growth(reference, last.evidence)[pod]?.clean ?? 0;
    return { pod, gone: passed >= needed, detail: `${pod}: ${passed} requests passed, where every one was hit before` };
  }
  const share = Math.min(0.99, counts.faulted / (counts.faulted + counts.clean));
  const needed = Math.max(2, Math.ceil(Math.log(ERROR_RATE) / Math.log(1 - share)));
  const passed = passedUnhit(pod, after, lingerMs);
  const detail = `${pod}: ${passed} of ${needed} requests passed and none was hit, where ${Math.round(share * 100)} % were`;
  return { pod, gone: passed >= needed, detail };
}

/** Requests that passed between the last that may have been hit and one delay ago. */
function passedUnhit(pod: string, after: readonly Reading[], lingerMs: Millis): number {
  const [first, last] = [after[0] as Reading, after.at(-1) as Reading];
  const from = Math.max(first.at, lastHit(pod, after) - lingerMs);
  const begin = after.find((reading) => reading.at >= from);
  const end = after.findLast((reading) => reading.at <= last.at - lingerMs);
  if (begin === undefined || end === undefined || end.at <= begin.at) return 0;
  return growth(begin.evidence, end.evidence)[pod]?.clean ?? 0;
}

/** When the pod's count of hit requests last grew; the first reading's time if it never did. */
function lastHit(pod: string, after: readonly Reading[]): Millis {
  const grew = (reading: Reading, index: number) => {
    const earlier = after[index - 1];
    return earlier !== undefined && (growth(earlier.evidence, reading.evidence)[pod]?.faulted ?? 0) > 0;
  };
  return (after.findLast(grew) ?? after[0])?.at ?? 0;
}

function settledFor(pod: string, after: readonly Reading[]): Millis {
  return (after.at(-1) as Reading).at - lastHit(pod, after);
}

function untouched(first: Reading, last: Reading): CallerVerdict {
  const readable = Object.keys(last.evidence.counts).length > 0;
  const wait = readable ? UNTOUCHED_MS : SETTLED_MS;
  const why = readable ? 'no request was ever hit' : 'no counters can be read';
  return {
    pod: '',
    gone: last.at - first.at >= wait,
    detail: `${why}; the routes are out for ${last.at - first.at} ms`,
  };
}
