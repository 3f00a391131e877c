import type { Parsed } from '../util/parsed.ts';
import { parsed, unparsed } from '../util/parsed.ts';
import { parseDuration } from './duration.ts';

/** `2/s`, `30/m`, `1/5s`: so many requests in so much time. */
export const RATE_SYNTAX = /^(\d+(?:\.\d+)?)\/(.+)$/;

const ALLOWED = 'a rate such as 2/s, 30/m or 1/5s (one every five seconds)';
/** More than one process can send; a slip of the keyboard rather than a wish. */
const HIGHEST = 100_000;

/** `1/5s` -> 0.2 requests a second. */
export function parseRate(text: string): Parsed<number> {
  const match = RATE_SYNTAX.exec(text);
  if (!match) {
    return unparsed(
      /^\d+$/.test(text) ? `\`${text}\` has no unit; write \`${text}/s\`` : `\`${text}\` is not a rate`,
      ALLOWED,
    );
  }
  const [, count = '', per = ''] = match;
  const period = parseDuration(/^(?:h|m|s|ms)$/.test(per) ? `1${per}` : per);
  if (!period.ok) return unparsed(`\`${text}\` is not a rate: ${period.problem}`, ALLOWED);
  const perSecond = (Number(count) * 1000) / period.value;
  if (!(perSecond > 0) || period.value === 0) return unparsed(`\`${text}\` never sends anything`, ALLOWED);
  if (perSecond > HIGHEST) return unparsed(`\`${text}\` is more than ${HIGHEST} requests a second`, ALLOWED);
  return parsed(perSecond);
}
