import * as z from 'zod';
import type { Millis } from '../../model/clock.ts';
import { parseDuration } from '../../model/duration.ts';
import { parseRate } from '../../model/rate.ts';
import { parseDurationThreshold, parseShareThreshold } from '../../model/parse-threshold.ts';
import type { Threshold } from '../../model/threshold.ts';
import type { Parsed } from '../../util/parsed.ts';
import { complain, said, shown } from './said.ts';

/** A reference stands where its value will: editors must not underline it. */
export const REFERENCE = String.raw`.*\$\{.+\}.*`;
const DAY: Millis = 86_400_000;

/** A mapping with these keys and no others; a misspelt one is told with the keys that are allowed. */
export function mapping<S extends z.ZodRawShape>(shape: S, insteadOfText?: string) {
  const keys = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: ({ code, input }) => {
      if (code === 'unrecognized_keys') return keys;
      return typeof input === 'string' && insteadOfText
        ? said(`${shown(input)} is not a mapping`, insteadOfText)
        : undefined;
    },
  });
}

/** Text that a small grammar reads. */
export function parsedText<T>(read: (text: string) => Parsed<T>, pattern: string, allowed: string) {
  return z
    .string({ error: (issue) => nonText(issue.input, read, allowed) })
    .meta({ pattern: `^(?:${REFERENCE}|${pattern})$` })
    .transform((text, context): T => {
      const result = read(text);
      return result.ok ? result.value : complain(context, result.problem, `Allowed: ${result.allowed}.`);
    });
}

/** A number where text belongs is read as the text it looks like, so that `within: 3` is told to be `3s`. */
function nonText(input: unknown, read: (text: string) => Parsed<unknown>, allowed: string): string | undefined {
  if (input === undefined || input === null) return undefined;
  const result = typeof input === 'number' ? read(String(input)) : undefined;
  return said(result && !result.ok ? result.problem : `${shown(input)} is not text`, `Allowed: ${allowed}.`);
}

/** A duration such as `7s`, from `min` to one day, as milliseconds. */
export function duration(min: Millis = 0) {
  const allowed = 'a duration such as 500ms, 7s, 2.5s or 1m30s';
  const read = (text: string): Parsed<Millis> => {
    const result = parseDuration(text);
    if (!result.ok || (result.value >= min && result.value <= DAY)) return result;
    const problem =
      result.value > DAY ? `\`${text}\` is more than a day` : `\`${text}\` is too short; it must be at least ${min}ms`;
    return { ok: false, problem, allowed };
  };
  return parsedText(read, String.raw`(?:\d+(?:\.\d+)?(?:h|ms|m|s))+`, allowed);
}

/** A rate such as `2/s`, as requests a second. */
export function rateText() {
  return parsedText(parseRate, String.raw`\d+(?:\.\d+)?/.+`, 'a rate such as 2/s, 30/m or 1/5s');
}

export function shareThreshold() {
  return threshold(parseShareThreshold, 'a limit such as ">= 99%", "< 5%" or a range "10% .. 90%"');
}

export function durationThreshold() {
  return threshold(parseDurationThreshold, 'a limit such as "< 2.5s", ">= 500ms" or a range "1s .. 3s"');
}

function threshold(read: (text: string) => Parsed<Threshold>, allowed: string) {
  return parsedText(read, String.raw`\s*(?:(?:<|<=|>|>=|==)\s*\S+|\S+\s*\.\.\s*\S+)\s*`, allowed);
}

interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly integer?: boolean;
}

/** A number in a range; written as text only where a reference gave it. */
export function numberIn({ min, max, integer = true }: NumberRange) {
  const allowed = `Allowed: ${integer ? 'a whole number' : 'a number'} from ${min} to ${max}.`;
  const type = integer ? 'integer' : 'number';
  return z
    .union([z.number().meta({ type, minimum: min, maximum: max }), z.string().meta({ pattern: `^${REFERENCE}$` })], {
      error: (issue) => (issue.input == null ? undefined : said(`${shown(issue.input)} is not a number`, allowed)),
    })
    .transform((value, context): number => {
      const number = typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value) ? Number(value) : value;
      if (typeof number === 'string') return complain(context, notANumber(number), allowed);
      if (integer && !Number.isInteger(number))
        return complain(context, `\`${number}\` is not a whole number`, allowed);
      if (number < min || number > max) return complain(context, `\`${number}\` is out of range`, allowed);
      return number;
    });
}

function notANumber(text: string): string {
  return /^[\d.]+\s*%$/.test(text)
    ? `\`${text}\` is not a number; write it without the percent sign`
    : `${shown(text)} is not a number`;
}

/** true or false; as text only where a reference gave it. */
export function flag() {
  const words = z.string().meta({ pattern: `^${REFERENCE}$` });
  const allowed = 'Allowed: true or false.';
  return z
    .union([z.boolean(), words], {
      error: (issue) =>
        issue.input == null ? undefined : said(`${shown(issue.input)} is neither true nor false`, allowed),
    })
    .transform((value, context): boolean => {
      if (value === true || value === 'true') return true;
      if (value === false || value === 'false') return false;
      return complain(context, `\`${value}\` is neither true nor false`, allowed);
    });
}

/** Text that is not empty and keeps to one line. */
export function line() {
  return z.string().check(
    z.refine((text) => text.trim() !== '' && !/\p{Cc}/u.test(text), {
      error: 'this must be one line of text, not empty',
    }),
  );
}

/** Names to values, each kept as text: `{page: 2}` is `{page: "2"}`. */
export function textMap() {
  const scalar = z
    .union([z.string(), z.number(), z.boolean()], {
      error: (issue) =>
        issue.input == null
          ? undefined
          : said(`${shown(issue.input)} is not text`, 'Allowed: text, in quotes where in doubt.'),
    })
    .transform(String);
  return z.record(z.string(), scalar);
}

/** Any JSON value. */
export const json = z.json().meta({ id: 'Json' });
