import * as z from 'zod';
import { isTimeZone } from '../../model/time-zone.ts';
import { instant, week } from '../freeze-times.ts';
import { complain, shown } from './said.ts';
import { duration, line, mapping, numberIn, textMap } from './scalars.ts';

export const patterns = z.array(line());

const share = () => numberIn({ min: 0, max: 100, integer: false }).optional();
const labels = () => textMap().optional();

/** One window in which nothing is run: between two dates, or every week. */
const freeze = mapping(
  {
    from: line().optional(),
    to: line().optional(),
    weekly: line().optional(),
    timeZone: line().default('UTC'),
    reason: line().optional(),
  },
  'Allowed: {from: 2026-12-20, to: 2027-01-03} or {weekly: "Fri 16:00 .. Mon 08:00"}, with timeZone and reason.',
).transform((value, context) => {
  const { from, to, weekly, timeZone, reason } = value;
  const because = reason === undefined ? {} : { reason };
  if (!isTimeZone(timeZone)) {
    return complain(context, `${shown(timeZone)} is not a time zone`, 'Allowed: names as in Europe/Berlin, or UTC.', [
      'timeZone',
    ]);
  }
  if (weekly !== undefined && from === undefined && to === undefined) {
    const read = week(weekly);
    if (read.ok) return { kind: 'weekly' as const, ...read.value, timeZone, text: `${weekly} ${timeZone}`, ...because };
    return complain(context, read.problem, `Allowed: ${read.allowed}.`, ['weekly']);
  }
  if (weekly !== undefined || from === undefined || to === undefined) {
    return complain(context, 'a freeze has either `from` and `to`, or `weekly`');
  }
  const [start, end] = [instant(from, timeZone, 'start'), instant(to, timeZone, 'end')];
  if (!start.ok) return complain(context, start.problem, `Allowed: ${start.allowed}.`, ['from']);
  if (!end.ok) return complain(context, end.problem, `Allowed: ${end.allowed}.`, ['to']);
  if (end.value <= start.value) return complain(context, `${shown(to)} is not after ${shown(from)}`, undefined, ['to']);
  return { kind: 'dates' as const, from: start.value, to: end.value, text: `${from} .. ${to} ${timeZone}`, ...because };
});

/** What a team allows on its clusters. */
export const policy = mapping({
  allowedContexts: patterns.optional(),
  protectedContexts: patterns.optional(),
  allowedNamespaces: patterns.optional(),
  protectedNamespaces: patterns.optional(),
  maxPodShare: mapping({ owner: share(), namespace: share(), nodes: share() }).optional(),
  maxPercentage: share(),
  maxDuration: duration(1).optional(),
  freeze: z.array(freeze).optional(),
  requiredLabels: mapping({ experiment: labels(), namespace: labels(), workload: labels() }).optional(),
});
