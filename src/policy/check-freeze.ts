import type { Millis } from '../model/clock.ts';
import type { FreezeWindow, Policy } from '../model/policy.ts';
import { minuteOfWeek, WEEK } from '../model/time-zone.ts';
import { type Refusal, refusal } from './refusal.ts';

/** Whether an experiment that starts now and takes so long stays out of every freeze. */
export function checkFreeze({ freeze = [] }: Policy, now: Millis, duration: Millis): readonly Refusal[] {
  return freeze
    .filter(({ value }) => isFrozen(value, now, now + duration))
    .map(({ value, where }) => {
      const reason = value.reason === undefined ? '' : ` (${value.reason})`;
      const when = isFrozen(value, now, now) ? 'is now' : 'begins before it would be over';
      const why = `the freeze ${value.text}${reason} ${when}`;
      return refusal('freeze', where, { why, change: 'Run it after the freeze, or change the rule.' });
    });
}

/** Whether a window and the time from `from` to `to`, both included, have a moment in common. A window's end is outside. */
export function isFrozen(window: FreezeWindow, from: Millis, to: Millis): boolean {
  if (window.kind === 'dates') return from < window.to && to >= window.from;
  const at = minuteOfWeek(from, window.timeZone);
  const length = cyclic(window.to - window.from);
  if (cyclic(at - window.from) < length) return true;
  const untilStart: Millis = cyclic(window.from - at) * 60_000 - (from % 60_000);
  return to - from >= untilStart;
}

function cyclic(minutes: number): number {
  return ((minutes % WEEK) + WEEK) % WEEK;
}
