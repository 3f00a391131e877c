import type { Millis } from '../model/clock.ts';
import type { Flight } from '../model/sample.ts';
import { createFifo } from '../util/fifo.ts';

/** The requests of one stream that are under way. */
export interface Flights {
  sent(flights: readonly Flight[]): void;
  /** The request that was due then has come to its end. */
  ended(due: Millis): void;
  advance(now: Millis): void;
  /** Those that are under way for longer than that; asked for once, counted from then on. */
  longerThan(age: Millis): { readonly count: number; ages(now: Millis): readonly Millis[] };
}

interface UnderWay {
  readonly sent: Millis;
  ended: boolean;
}

/** Ages count from when a request really left: a wait of ours before it is no reason to stop. */
export function createFlights(): Flights {
  const byDue = new Map<Millis, UnderWay[]>();
  const watches: ReturnType<typeof watchAge>[] = [];
  return {
    sent(flights) {
      for (const { due, sent } of flights) {
        const one = { sent, ended: false };
        const others = byDue.get(due);
        if (others === undefined) byDue.set(due, [one]);
        else others.push(one);
        for (const it of watches) it.sent(one);
      }
    },
    ended(due) {
      const open = byDue.get(due);
      const one = open?.shift();
      if (one === undefined) return;
      if (open?.length === 0) byDue.delete(due);
      one.ended = true;
      for (const it of watches) it.ended(one);
    },
    advance(now) {
      for (const it of watches) it.advance(now);
    },
    longerThan(age) {
      const watch = watchAge(age);
      watches.push(watch);
      return watch;
    },
  };
}

function watchAge(limit: Millis) {
  const younger = createFifo<UnderWay>();
  const older = new Set<UnderWay>();
  return {
    sent: (one: UnderWay): void => younger.push(one, (earlier) => earlier.sent > one.sent),
    ended: (one: UnderWay): void => void older.delete(one),
    advance(now: Millis): void {
      for (let next = younger.first(); next !== undefined; next = younger.first()) {
        if (!next.ended && now - next.sent <= limit) return;
        younger.shift();
        if (!next.ended) older.add(next);
      }
    },
    get count(): number {
      return older.size;
    },
    ages: (now: Millis): readonly Millis[] => [...older].map((it) => now - it.sent),
  };
}
