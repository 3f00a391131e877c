import type { Millis } from '../../model/clock.ts';
import type { Counts } from './counters.ts';
import { growth } from './evidence.ts';
import type { Watch } from './handle.ts';
import { passesNeeded, passesNeededInTime, spareRate } from './passes-needed.ts';
import type { Reading, Sighting } from './watch-book.ts';

/** By then every proxy has its new routes, traffic or not: istiod waits 100 ms as a rule, rarely longer than seconds. */
const SETTLED_MS = 8_000;
/** Where no request was ever hit there is little to take back. */
const UNTOUCHED_MS = 2_000;

/** Whether one caller is rid of the fault, and what shows it. */
export interface CallerVerdict {
  readonly pod: string;
  readonly gone: boolean;
  readonly detail: string;
}

/** What is judged: readings, which requests the fault hits, and how long it holds one back. */
interface Case {
  readonly sighting: Sighting;
  readonly hits: Watch['hits'];
  readonly lingerMs: Millis;
  readonly first: Reading;
  readonly last: Reading;
}

/**
 * Judges each caller that the fault was seen to hit, from its counters alone. A request that passes unhit shows that the
 * caller's proxy has its new routes, unless it is one that the fault would have spared; so as many have to pass as make
 * that unlikely (`passes-needed.ts`). Where the fault hits every request, one is proof. A delayed request is counted when
 * it completes, so where some are spared only those are counted that passed up to one delay ago: by now their delayed
 * fellows would show. Without traffic, time decides.
 */
export function judgeGone(sighting: Sighting, hits: Watch['hits'], lingerMs: Millis): readonly CallerVerdict[] {
  const { baseline, after } = sighting;
  const [first, last] = [after[0], after.at(-1)];
  if (first === undefined || last === undefined) return [];
  const hit = Object.entries(growth(baseline, first.evidence)).filter(([, { faulted }]) => faulted > 0);
  if (hit.length === 0) return [untouched(first, last)];
  const one = { sighting, hits, lingerMs, first, last };
  return hit.flatMap(([pod, counts]) => judgeCaller(one, pod, counts) ?? []);
}

function judgeCaller(one: Case, pod: string, counts: Counts): CallerVerdict | undefined {
  const { first, last, lingerMs } = one;
  const isSilent = last.evidence.silent.includes(pod);
  // A pod that is not there any more cannot be hit.
  if (last.evidence.counts[pod] === undefined && !isSilent) return undefined;
  const verdict = isSilent ? undefined : (provenAtOnce(one, pod) ?? provenByShare(one, pod, counts));
  if (verdict?.gone === true) return verdict;
  const quiet = last.at - lastHit(pod, one.sighting.after);
  if (quiet >= SETTLED_MS && last.at - first.at >= SETTLED_MS + lingerMs) {
    return { pod, gone: true, detail: `${pod}: not hit for ${Math.round(quiet / 1000)} s` };
  }
  return verdict ?? { pod, gone: false, detail: `${pod}: its counters cannot be read` };
}

/** The verdict where no request was spared under the fault: each that passes since speaks, however long the delay. */
function provenAtOnce({ sighting, hits, last }: Case, pod: string): CallerVerdict | undefined {
  const { baseline, firstActive, lastDuring } = sighting;
  if (firstActive === undefined || lastDuring === undefined) return undefined;
  if ((growth(baseline, lastDuring.evidence)[pod]?.faulted ?? 0) === 0) return undefined;
  const during = growth(firstActive.evidence, lastDuring.evidence)[pod];
  const passed = growth(lastDuring.evidence, last.evidence)[pod]?.clean ?? 0;
  const detail = `${pod}: ${passed} requests passed, where every one was hit before`;
  // Other hosts may lead to the service past the fault: what was spared under it speaks against "every one".
  if (during !== undefined && during.clean > 0) return undefined;
  if (hits === 'all') return { pod, gone: passed > 0, detail };
  if (hits === 'some' || during === undefined || during.faulted === 0) return undefined;
  const spared = spareRate(during);
  const perMs = during.faulted / Math.max(1, lastDuring.at - firstActive.at);
  const needed = passesNeededInTime(spared, perMs * (last.at - lastDuring.at));
  return passed >= needed ? { pod, gone: true, detail } : undefined;
}

/** The verdict where the fault spares some requests: so many passed, one delay ago, and none of their fellows was hit. */
function provenByShare({ sighting, lingerMs }: Case, pod: string, counts: Counts): CallerVerdict {
  const needed = passesNeeded(spareRate(counts));
  const passed = passedUnhit(pod, sighting.after, lingerMs);
  const share = Math.round((100 * counts.faulted) / (counts.faulted + counts.clean));
  const detail = `${pod}: ${passed} of ${needed} requests passed and none was hit, where ${share} % were`;
  return { pod, gone: passed >= needed, detail };
}

/** Requests that passed between the last that may have been hit and one delay ago. */
function passedUnhit(pod: string, after: readonly Reading[], lingerMs: Millis): number {
  const [first, last] = [after[0], after.at(-1)];
  if (first === undefined || last === undefined) return 0;
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

function untouched(first: Reading, last: Reading): CallerVerdict {
  const isReadable = Object.keys(last.evidence.counts).length > 0;
  const wait = isReadable ? UNTOUCHED_MS : SETTLED_MS;
  const why = isReadable ? 'no request was ever hit' : 'no counters can be read';
  const elapsed = Math.round(last.at - first.at);
  return { pod: '', gone: elapsed >= wait, detail: `${why}; the routes are out for ${elapsed} ms` };
}
