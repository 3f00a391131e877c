import { RE2JS } from 're2js';
import type { StringMatch } from './objects.ts';

export type StringMatcher = (value: string) => boolean;

/** A condition on a string; undefined for `{}`, which asks for presence only. Regular expressions cover the whole string. */
export function stringMatcher(match: StringMatch, ignoreCase = false): StringMatcher | undefined {
  if (match.exact !== undefined) return exactly(match.exact, ignoreCase);
  if (match.prefix !== undefined) return startingWith(match.prefix, ignoreCase);
  if (match.regex !== undefined) return wholeRegex(match.regex);
  return undefined;
}

function exactly(wanted: string, ignoreCase: boolean): StringMatcher {
  if (!ignoreCase) return (value) => value === wanted;
  const lower = wanted.toLowerCase();
  return (value) => value.toLowerCase() === lower;
}

function startingWith(wanted: string, ignoreCase: boolean): StringMatcher {
  if (!ignoreCase) return (value) => value.startsWith(wanted);
  const lower = wanted.toLowerCase();
  return (value) => value.toLowerCase().startsWith(lower);
}

function wholeRegex(expression: string): StringMatcher {
  const compiled = compileRegex(expression);
  return (value) => compiled?.matches(value) ?? false;
}

/** Undefined for what RE2 refuses: Envoy would reject the whole configuration, here such a condition holds for nothing. */
export function compileRegex(expression: string): RE2JS | undefined {
  try {
    return RE2JS.compile(expression);
  } catch {
    return undefined;
  }
}
