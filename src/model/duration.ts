import type { Parsed } from '../util/parsed.ts';
import { parsed, unparsed } from '../util/parsed.ts';
import type { Millis } from './clock.ts';

/** Durations as Go and Istio write them: largest unit first, each at most once, decimals allowed. */
export const DURATION_SYNTAX =
  /^(?=\d)(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?$/;

const UNITS_MS = [3_600_000, 60_000, 1000, 1];
const ALLOWED = 'a duration such as 500ms, 7s, 2.5s or 1m30s';

/** `1m30s` -> 90000. Numbers without unit, spaces, signs and other units are refused with what to write instead. */
export function parseDuration(text: string): Parsed<Millis> {
  const match = DURATION_SYNTAX.exec(text);
  if (!match) return unparsed(problemWith(text), ALLOWED);
  const ms = UNITS_MS.reduce((sum, unit, index) => sum + Number(match[index + 1] ?? 0) * unit, 0);
  // Decimals are kept to the microsecond, so that 2.3s is 2300 and not 2299.9999999999995.
  const rounded = Math.round(ms * 1000) / 1000;
  return Number.isSafeInteger(Math.round(ms * 1000)) ? parsed(rounded) : unparsed(`\`${text}\` is too long`, ALLOWED);
}

/** 90000 -> `1m30s`, 2500 -> `2.5s`, 250 -> `250ms`, 0 -> `0s`; what `parseDuration` reads back, to the microsecond. */
export function formatDuration(ms: Millis): string {
  const micros = Math.round(ms * 1000);
  if (micros === 0) return '0s';
  if (micros < 0) return `-${formatDuration(-ms)}`;
  if (micros < 1_000_000) return `${micros / 1000}ms`;
  const hours = Math.floor(micros / 3_600_000_000);
  const minutes = Math.floor((micros % 3_600_000_000) / 60_000_000);
  const seconds = (micros % 60_000_000) / 1_000_000;
  return [part(hours, 'h'), part(minutes, 'm'), part(seconds, 's')].join('');
}

function part(value: number, unit: string): string {
  // Never in exponent form: the smallest value here is 0.000001.
  return value === 0 ? '' : `${value < 0.001 ? value.toFixed(6).replace(/0+$/, '') : value}${unit}`;
}

function problemWith(text: string): string {
  if (text === '') return 'an empty text is not a duration';
  if (/^\d+(?:\.\d+)?$/.test(text)) {
    return `\`${text}\` has no unit; write \`${text}s\` or \`${text}ms\``;
  }
  if (text.startsWith('-')) return `\`${text}\` is negative`;
  const units = UNIT_SLIPS.find(([slip]) => slip.test(text));
  if (/\s/.test(text) && DURATION_SYNTAX.test(text.replaceAll(/\s/g, ''))) {
    return `\`${text}\` contains a space; write \`${text.replaceAll(/\s/g, '')}\``;
  }
  if (units) return `\`${text}\` is not a duration; write \`${text.replace(units[0], units[1])}\``;
  return `\`${text}\` is not a duration`;
}

const UNIT_SLIPS: readonly (readonly [RegExp, string])[] = [
  [/(?<=^\d+(?:\.\d+)?)\s*(?:secs?|seconds?|S)$/, 's'],
  [/(?<=^\d+(?:\.\d+)?)\s*(?:mins?|minutes?|M)$/, 'm'],
  [/(?<=^\d+(?:\.\d+)?)\s*(?:hours?|hrs?|H)$/, 'h'],
  [/(?<=^\d+(?:\.\d+)?)\s*(?:msecs?|millis|milliseconds?|MS|Ms)$/, 'ms'],
];
