import type { Millis } from '../model/clock.ts';
import { instantOf } from '../model/time-zone.ts';
import { type Parsed, parsed, unparsed } from '../util/parsed.ts';

const DATES = '2026-12-20, 2026-12-20T18:00 (by the clocks of timeZone) or 2026-12-20T18:00:00Z';
const WEEKS = 'as in "Fri 16:00 .. Mon 08:00", with Mon, Tue, Wed, Thu, Fri, Sat or Sun';
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const DAY_MS = 86_400_000;
const DAY_MINUTES = 1440;

/** `2026-12-20` and the like as an instant. A date without a time is the start of that day, or as an end the end of it. */
export function instant(text: string, timeZone: string, edge: 'start' | 'end'): Parsed<Millis> {
  const [, date, time, zone] =
    /^(\d{4}-\d{2}-\d{2})(?:[Tt ](\d{2}:\d{2}(?::\d{2})?)([Zz]|[+-]\d{2}:\d{2})?)?$/.exec(text) ?? [];
  const shown = Date.parse(`${date}T${time ?? '00:00'}Z`);
  // Date.parse makes March of February 30.
  const isReal = !Number.isNaN(shown) && new Date(shown).toISOString().startsWith(date ?? '-');
  if (!isReal) return unparsed(`\`${text}\` is not a date`, DATES);
  if (zone !== undefined) return parsed(Date.parse(`${date}T${time}${zone.toUpperCase()}`));
  return parsed(instantOf(time === undefined && edge === 'end' ? shown + DAY_MS : shown, timeZone));
}

/** `Fri 16:00 .. Mon 08:00` as minutes since Monday 00:00. */
export function week(text: string): Parsed<{ readonly from: number; readonly to: number }> {
  const [start, end, ...more] = text.split('..').map((part) => minute(part.trim()));
  if (start === undefined || end === undefined || more.length > 0) {
    return unparsed(`\`${text}\` is not a stretch of the week`, WEEKS);
  }
  if (start === end) return unparsed(`\`${text}\` ends where it begins`, WEEKS);
  return parsed({ from: start, to: end });
}

function minute(text: string): number | undefined {
  const [, day = '', hours, minutes] = /^([A-Za-z]{3})[a-z]* (\d{1,2}):(\d{2})$/.exec(text) ?? [];
  const index = DAYS.indexOf(day.toLowerCase());
  const time = Number(hours) * 60 + Number(minutes);
  // 24:00 is the end of the day, as ISO 8601 has it.
  return index < 0 || Number(minutes) > 59 || time > DAY_MINUTES ? undefined : index * DAY_MINUTES + time;
}
