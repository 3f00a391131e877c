import type { Millis } from '../model/clock.ts';
import { LATENCY_STATS, type Expectation, type ProbeErrorKind } from '../model/hypothesis.ts';
import { isDropped, type Flight, type Sample } from '../model/sample.ts';
import { type Breach, fewestForShare, fewestForStat, type StopCondition } from '../model/stop-condition.ts';
import { createFifo } from '../util/fifo.ts';
import { createFlights, type Flights } from './flights.ts';
import { matchesStatus } from './match-status.ts';
import { readWindowed, type Windowed } from './windowed.ts';
import { watchLatency, watchShare, type WindowStatement } from './window-statement.ts';

/**
 * Says when a stop condition comes true, over the requests that ended within the last `window` and those under way. The
 * work for each request does not grow with the window.
 */
export interface WindowJudge {
  /** Takes requests that have left, in that order. */
  sent(flights: readonly Flight[]): void;
  /** Takes samples as they come in and looks after each; stops at the first breach. Instants never go back. */
  add(samples: readonly Sample[]): Breach | undefined;
  /** Looks again because time has passed. */
  tick(now: Millis): Breach | undefined;
  /** Forgets what has ended; what is under way stays. */
  reset(): void;
}

/** `expect` is what is checked on each request. */
export function createWindowJudge(
  condition: Pick<StopCondition, 'window' | 'when' | 'minSamples'>,
  expect: Expectation,
): WindowJudge {
  const { window } = condition;
  const flights = createFlights();
  const statements = statementsOf(condition, expect, flights);
  const inWindow = createFifo<Windowed>();
  let now = Number.NEGATIVE_INFINITY;

  const evict = (until: Millis): void => {
    for (let first = inWindow.first(); first !== undefined && first.end <= until; first = inWindow.first()) {
      inWindow.shift();
      for (const it of statements) it.leave(first);
    }
  };
  const look = (at: Millis): Breach | undefined => {
    now = Math.max(now, at);
    evict(now - window);
    flights.advance(now);
    const broken = statements.find((it) => it.isTrue());
    if (broken === undefined) return undefined;
    const { what, threshold } = broken;
    const seen = broken.seen(inWindow.toArray(), now);
    return { what, limit: threshold.text, seen, window, at: now };
  };
  return {
    sent: flights.sent,
    add(samples) {
      for (const sample of samples) {
        flights.ended(sample.due);
        if (sample.straddles === true || isDropped(sample)) continue;
        const one = readWindowed(sample, expect);
        inWindow.push(one, (earlier) => earlier.end > one.end);
        for (const it of statements) it.enter(one);
        const breach = look(sample.end);
        if (breach !== undefined) return breach;
      }
      return undefined;
    },
    tick: look,
    reset: () => evict(Number.POSITIVE_INFINITY),
  };
}

function statementsOf(
  { when, minSamples }: Pick<StopCondition, 'when' | 'minSamples'>,
  expect: Expectation,
  flights: Flights,
): readonly WindowStatement[] {
  const { good, latency = {}, statuses = {}, errors = {} } = when;
  const atLeast = (fewest: number): number => minSamples ?? fewest;
  const ofErrors = Object.entries(errors) as [ProbeErrorKind, NonNullable<typeof good>][];
  return [
    ...(good === undefined
      ? []
      : [
          watchShare('good requests', good, atLeast(fewestForShare(good)), (it) => it.good, {
            flights,
            // What is under way for longer than it may take is known not to be good.
            badAfter: expect.within,
          }),
        ]),
    ...LATENCY_STATS.flatMap((stat) => {
      const threshold = latency[stat];
      return threshold === undefined ? [] : [watchLatency(stat, threshold, atLeast(fewestForStat(stat)), flights)];
    }),
    ...Object.entries(statuses).map(([pattern, threshold]) =>
      watchShare(
        `status ${pattern}`,
        threshold,
        atLeast(fewestForShare(threshold)),
        ({ status }) => status !== undefined && matchesStatus(pattern, status),
      ),
    ),
    ...ofErrors.map(([kind, threshold]) =>
      watchShare(`error ${kind}`, threshold, atLeast(fewestForShare(threshold)), ({ error }) => error === kind),
    ),
  ];
}
