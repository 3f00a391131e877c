import type { Millis } from '../model/clock.ts';
import type { LatencyStat } from '../model/hypothesis.ts';
import { shareBelow } from '../model/stop-condition.ts';
import type { Threshold } from '../model/threshold.ts';
import { nearestRank, rankOf } from '../stats/nearest-rank.ts';
import { plural } from '../util/plural.ts';
import { decide, exactly } from './decide.ts';
import type { Flights } from './flights.ts';
import type { Windowed } from './windowed.ts';
import { percent, time } from './words.ts';

/** One statement about a sliding window, kept up to date as requests enter and leave it. */
export interface WindowStatement {
  readonly what: string;
  readonly threshold: Threshold;
  enter(one: Windowed): void;
  leave(one: Windowed): void;
  /** Whether it holds for certain, over enough requests. */
  isTrue(): boolean;
  /** The figures, for people; may take its time. */
  seen(inWindow: readonly Windowed[], now: Millis): string;
}

/** A share of requests. Those under way for longer than `badAfter` count among all, and never as hits. */
export function watchShare(
  what: string,
  threshold: Threshold,
  fewest: number,
  counts: (one: Windowed) => boolean,
  underWay?: { readonly flights: Flights; readonly badAfter: Millis | undefined },
): WindowStatement {
  const overdue = underWay?.badAfter === undefined ? undefined : underWay.flights.longerThan(underWay.badAfter);
  let hits = 0;
  let ended = 0;
  const total = (): number => ended + (overdue?.count ?? 0);
  return {
    what,
    threshold,
    enter(one) {
      ended += 1;
      if (counts(one)) hits += 1;
    },
    leave(one) {
      ended -= 1;
      if (counts(one)) hits -= 1;
    },
    isTrue: () => total() >= fewest && decide(threshold, exactly(hits / total())) === 'holds',
    seen() {
      const late = overdue?.count ?? 0;
      const waiting = late === 0 ? '' : `, ${late} still under way after more than they may take`;
      return `${percent(hits / total())} (${hits} of ${total()}${waiting})`;
    },
  };
}

/**
 * A statistic of latency: the value of a rank, which is on one side of a limit when enough values are, so that counting
 * them will do. What timed out, and what is under way for longer than the limit, took that long at least.
 */
export function watchLatency(
  stat: LatencyStat,
  threshold: Threshold,
  fewest: number,
  flights: Flights,
): WindowStatement {
  const { atLeast, atMost } = boundsOf(threshold);
  const overdue = atLeast === undefined ? undefined : flights.longerThan(atLeast.value);
  let measured = 0;
  /** So short that they are below the lower bound for certain. */
  let below = 0;
  /** So short, and answered, that they keep the upper bound for certain. */
  let within = 0;
  const count = (one: Windowed, step: 1 | -1): void => {
    if (one.latency === undefined) return;
    measured += step;
    if (atLeast !== undefined && !exceeds(one.latency, atLeast)) below += step;
    if (atMost !== undefined && one.error === undefined && keeps(one.latency, atMost)) within += step;
  };
  const total = (): number => measured + (overdue?.count ?? 0);
  return {
    what: `${stat} latency`,
    threshold,
    enter: (one) => count(one, 1),
    leave: (one) => count(one, -1),
    isTrue() {
      const rank = rankOf(shareBelow(stat), total());
      if (total() < fewest) return false;
      return (atLeast === undefined || below < rank) && (atMost === undefined || within >= rank);
    },
    seen(inWindow, now) {
      const measuredOnes = inWindow.filter((it) => it.latency !== undefined);
      const open = overdue?.ages(now) ?? [];
      const values = Float64Array.from([...measuredOnes.map((it) => it.latency ?? 0), ...open]).sort();
      const unanswered = open.length + measuredOnes.filter((it) => it.error !== undefined).length;
      const more = unanswered === 0 ? '' : `, ${unanswered} of which had no answer and count with their time so far`;
      return `${time(nearestRank(values, shareBelow(stat)))} over ${plural(values.length, 'request')}${more}`;
    },
  };
}

interface Bound {
  readonly value: Millis;
  readonly inclusive: boolean;
}

function boundsOf(threshold: Threshold): { readonly atLeast?: Bound; readonly atMost?: Bound } {
  if (threshold.kind === 'range') {
    return { atLeast: { value: threshold.low, inclusive: true }, atMost: { value: threshold.high, inclusive: true } };
  }
  const { op, value } = threshold;
  const bound = { value, inclusive: op !== '<' && op !== '>' };
  if (op === '==') return { atLeast: bound, atMost: bound };
  return op === '>' || op === '>=' ? { atLeast: bound } : { atMost: bound };
}

function exceeds(latency: Millis, { value, inclusive }: Bound): boolean {
  return latency > value || (inclusive && latency === value);
}

function keeps(latency: Millis, { value, inclusive }: Bound): boolean {
  return latency < value || (inclusive && latency === value);
}
