import type { Millis } from './clock.ts';

/** Minutes of a week. */
export const WEEK = 7 * 24 * 60;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether this is a time zone of the IANA data base, such as `Europe/Berlin`, or `UTC`. */
export function isTimeZone(name: string): boolean {
  try {
    formatIn(name);
    return true;
  } catch {
    return false;
  }
}

/** Minutes since Monday 00:00 by the clocks of a time zone. */
export function minuteOfWeek(instant: Millis, timeZone: string): number {
  const local = new Date(localClock(instant, timeZone));
  return ((local.getUTCDay() + 6) % 7) * 1440 + local.getUTCHours() * 60 + local.getUTCMinutes();
}

/**
 * The instant at which clocks in a time zone show this. What they show twice is the second time; what they leave out, the
 * moment they jump to or within an hour of it.
 */
export function instantOf(shown: Millis, timeZone: string): Millis {
  const guess = shown - offsetAt(shown, timeZone);
  return shown - offsetAt(guess, timeZone);
}

function offsetAt(instant: Millis, timeZone: string): Millis {
  return localClock(instant, timeZone) - Math.floor(instant / 1000) * 1000;
}

/** What clocks there show, as if it were UTC; to the second. */
function localClock(instant: Millis, timeZone: string): Millis {
  const parts = formatIn(timeZone).formatToParts(instant);
  const part = (type: Intl.DateTimeFormatPartTypes): number =>
    Number(parts.find((it) => it.type === type)?.value ?? NaN);
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
}

function formatIn(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'iso8601',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(timeZone, format);
  return format;
}
