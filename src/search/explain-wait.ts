import type { Millis } from '../model/clock.ts';
import type { CliffPoint, PointProbe, Wait } from '../model/conclusion.ts';
import { median } from '../stats/median.ts';
import type { Gap } from './next-delay.ts';

/** What networks and a busy machine add to the quickest of a few answers. */
const OFF_MS = 60;
const OFF_SHARE = 0.02;
/** Answers nearer to each other than this differ by chance. */
const NEAR_MS = 10;
/** A request may call the faulted service several times, one after the other. */
const MOST_CALLS = 4;
/** Attempts beyond these are not told apart by their times. */
const MOST_ATTEMPTS = 12;
/** Bounds of a time further apart than this share of it say nothing about how often somebody waited. */
const NARROW = 0.25;

/** Under this delay the quickest answer took so much longer than without. */
interface Timed {
  readonly delay: Millis;
  readonly added: Millis;
  /** And so long without. */
  readonly unhurried: Millis;
}

/** The stretch of delays that answers follow, and what comes after. */
interface Course {
  /** Answers take the delay this many times over. */
  readonly times: number;
  /** They do so up to the lower delay, and not from the higher one on. */
  readonly gap: Gap;
  /** Where they take the same time instead; empty where they do not. */
  readonly plateau: readonly Timed[];
  readonly latency: Millis;
}

/**
 * What the times of one probe say: answers that take the delay up to some delay, and from there on a time of their own
 * (the plateau), show that somebody gives up in between, and how often. Undefined where they do not show that: no delay
 * that they follow for certain, or no two delays far enough apart with the same plateau.
 */
export function explainWait(probe: string, points: readonly CliffPoint[]): Wait | undefined {
  const course = courseOf(timesOf(probe, points));
  const [first, ...others] = course?.plateau ?? [];
  if (course === undefined || first === undefined) return undefined;
  const { times, latency, gap } = course;
  const off = tolerance(latency);
  // Nobody who is still waiting at a delay has given up earlier.
  if (latency < gap.low - off) return undefined;
  const bounds = boundsOf(course, first.unhurried);
  return {
    probe,
    follows: { times, upTo: gap.low },
    plateau: { from: first.delay, to: (others.at(-1) ?? first).delay, latency },
    tolerance: off,
    ...(times === 1 ? attemptsIn(latency, bounds, off) : { timeout: bounds }),
  };
}

/** Where answers stop to follow the delay, if they do: the delays next to it on both sides. */
export function gapInTimes(probe: string, points: readonly CliffPoint[]): Gap | undefined {
  return courseOf(timesOf(probe, points))?.gap;
}

/** Times that can be compared: those of whole answers that agree among themselves, the quickest at each delay. */
function timesOf(probe: string, points: readonly CliffPoint[]): readonly Timed[] {
  const quickest = new Map<Millis, Timed>();
  for (const { delay, verdict, probes } of points) {
    const found = verdict === 'open' ? undefined : probes.find((it) => it.probe === probe);
    const timed = found && timedBy(delay, found);
    if (timed !== undefined && timed.added < (quickest.get(delay)?.added ?? Number.POSITIVE_INFINITY)) {
      quickest.set(delay, timed);
    }
  }
  return [...quickest.values()].sort((a, b) => a.delay - b.delay);
}

function timedBy(delay: Millis, { latency, unhurried, errors, samples }: PointProbe): Timed | undefined {
  // Where our own requests timed out or were cut, the time is ours.
  if (latency === undefined || unhurried === undefined || samples < 2 || Object.keys(errors).length > 0) {
    return undefined;
  }
  const spread = latency.p50 - latency.min;
  if (spread > 4 * tolerance(latency.min)) return undefined;
  return { delay, unhurried, added: Math.max(0, latency.min - unhurried) };
}

function tolerance(ms: Millis): Millis {
  return OFF_MS + OFF_SHARE * ms;
}

function courseOf(timed: readonly Timed[]): Course | undefined {
  const followed = followedBy(timed);
  if (followed === undefined) return undefined;
  const { times, count } = followed;
  const after = timed.slice(count);
  const [next] = after;
  if (next === undefined) return undefined;
  const other = after.findIndex(({ added }) => !isSame(added, next.added));
  const same = other === -1 ? after : after.slice(0, other);
  const latency = median(same.map((it) => it.added)) ?? next.added;
  // A plateau of one wait begins on the line that it leaves: a time next to the break may be near to both.
  const end = timed.findIndex(
    ({ delay, added }) => Math.abs(added - latency) <= Math.abs(added - times * delay) + NEAR_MS,
  );
  const plateau = [...timed.slice(end, count), ...same];
  const last = timed[end - 1];
  const [first] = plateau;
  if (last === undefined || first === undefined) return undefined;
  const isWide = (same.at(-1) ?? next).delay - first.delay > 2 * tolerance(latency);
  return { times, latency, gap: { low: last.delay, high: first.delay }, plateau: isWide ? plateau : [] };
}

/** How many of the shortest delays answers follow, by the number of calls with which they follow furthest. */
function followedBy(timed: readonly Timed[]): { readonly times: number; readonly count: number } | undefined {
  const courses = Array.from({ length: MOST_CALLS }, (_, index) => {
    const times = index + 1;
    const end = timed.findIndex(({ delay, added }) => Math.abs(added - times * delay) > tolerance(added));
    return { times, count: end === -1 ? timed.length : end };
  });
  const [best, second] = courses.toSorted((a, b) => b.count - a.count);
  const last = best && timed[best.count - 1];
  if (best === undefined || last === undefined || best.count === second?.count) return undefined;
  // A delay that is hardly longer than times are off is followed by anything.
  return last.delay > 4 * tolerance(last.added) || best.count > 2 ? best : undefined;
}

function isSame(one: Millis, other: Millis): boolean {
  return Math.abs(one - other) <= tolerance(other);
}

/**
 * Whoever was answered in time under the lower delay waits longer; an answer itself may take as long as without a delay.
 * Where the plateau is near to the line that it leaves, a point next to the break may belong to either.
 */
function boundsOf({ gap: { low, high }, times, latency }: Course, unhurried: Millis): Gap {
  const off = tolerance(latency);
  const isNear = (delay: Millis): boolean => Math.abs(latency - times * delay) <= 2 * off;
  return { low: isNear(low) ? low - off : low, high: high + (isNear(high) ? off : unhurried) };
}

/** So many waits of one length make the plateau, and that length lies in the gap. */
function attemptsIn(latency: Millis, gap: Gap, off: Millis): Pick<Wait, 'timeout' | 'attempts' | 'rest'> {
  const fitting = Array.from({ length: MOST_ATTEMPTS }, (_, index) => {
    const attempts = index + 1;
    const low = Math.max(gap.low, (latency - off) / attempts);
    const high = Math.min(gap.high, (latency + off) / attempts);
    return { attempts, timeout: { low, high } };
  }).filter(({ timeout }) => timeout.low <= timeout.high);
  const [only, ...others] = fitting;
  if (only === undefined) return withPauses(latency, gap, off);
  return others.length === 0 ? only : { timeout: gap };
}

/** As many as there is time for; nothing is said where the bounds leave more than one number. */
function withPauses(latency: Millis, gap: Gap, off: Millis): Pick<Wait, 'timeout' | 'attempts' | 'rest'> {
  const count = Math.floor((latency + off) / gap.high);
  const same = count === Math.floor((latency + off) / gap.low);
  if (!same || count < 1 || gap.high - gap.low > NARROW * gap.low) return { timeout: gap };
  return { timeout: gap, attempts: count, rest: latency - (count * (gap.low + gap.high)) / 2 };
}
