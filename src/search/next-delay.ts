import type { Millis } from '../model/clock.ts';
import type { CliffVerdict } from '../model/conclusion.ts';
import { settle, type Settled, type Trial } from './settle.ts';

/** The delays that may be tried: `from`, and every `precision` up to `to`, which is one of them in any case. */
export interface Range {
  readonly from: Millis;
  readonly to: Millis;
  readonly precision: Millis;
}

/** Two delays between which something changes. */
export interface Gap {
  readonly low: Millis;
  readonly high: Millis;
}

/** Stretches longer than this share of the range are not left unlooked at: a second flip may hide in them. */
const LONGEST_UNSEEN = 1 / 4;

/**
 * The delay to try next, by all that was tried; undefined when there is nothing left to ask. First both ends, then the
 * flip by bisection, then once more the shortest delay that fails, then the middle of long stretches, and last the
 * gaps in which answers stop to follow the delay, where they are others.
 */
export function nextDelay(trials: readonly Trial[], range: Range, gapsInTimes: readonly Gap[]): Millis | undefined {
  const settled = settle(trials);
  const unsure = settled.find((it) => it.again);
  if (unsure !== undefined) return unsure.delay;
  const end = [range.from, range.to].find((delay) => !settled.some((it) => it.delay === delay));
  if (end !== undefined) return end;
  if (isOpen(settled, range.from) || isOpen(settled, range.to)) return undefined;
  const flip = flipOf(settled);
  const inFlip = flip && middle(flip, settled, range);
  if (inFlip !== undefined) return inFlip;
  const edge = settled.find((it) => it.delay === flip?.high);
  if (edge !== undefined && edge.tries < 2) return edge.delay;
  const stretch = inLongestStretch(settled, range);
  if (stretch !== undefined) return stretch;
  return gapsInTimes.map((gap) => middle(gap, settled, range)).find((it) => it !== undefined);
}

/** The first pair of neighbours, from the shortest delay on, of which one holds and the next fails. */
export function flipOf(settled: readonly Settled[]): Gap | undefined {
  const decided = settled.filter((it) => it.verdict !== 'open');
  for (const [index, { delay, verdict }] of decided.entries()) {
    const next = decided[index + 1];
    if (verdict === 'holds' && next?.verdict === 'fails') return { low: delay, high: next.delay };
  }
  return undefined;
}

/** Most runs of a search for one flip in which every run decides, without looking for a gap in times. */
export function runsNeeded({ from, to, precision }: Range): number {
  const steps = Math.ceil((to - from) / precision);
  return 2 + Math.ceil(Math.log2(Math.max(1, steps))) + 1 + Math.round(1 / LONGEST_UNSEEN) - 1;
}

function isOpen(settled: readonly Settled[], delay: Millis): boolean {
  const verdict: CliffVerdict | undefined = settled.find((it) => it.delay === delay)?.verdict;
  return verdict === 'open';
}

/** The untried delay nearest to the middle of a gap; undefined when there is none. */
function middle({ low, high }: Gap, settled: readonly Settled[], { from, precision }: Range): Millis | undefined {
  const tried = new Set(settled.map((it) => it.delay));
  const first = Math.floor((low - from) / precision) + 1;
  const last = Math.ceil((high - from) / precision) - 1;
  const centre = Math.round((first + last) / 2);
  for (let away = 0; away <= last - first; away += 1) {
    for (const step of [centre - away, centre + away]) {
      const delay = from + step * precision;
      if (step >= first && step <= last && !tried.has(delay)) return delay;
    }
  }
  return undefined;
}

function inLongestStretch(settled: readonly Settled[], range: Range): Millis | undefined {
  const longest = (range.to - range.from) * LONGEST_UNSEEN;
  for (const [index, { delay: low }] of settled.entries()) {
    const high = settled[index + 1]?.delay;
    const between =
      high !== undefined && high - low > longest + range.precision ? middle({ low, high }, settled, range) : undefined;
    if (between !== undefined) return between;
  }
  return undefined;
}
