import { RE2JS } from 're2js';
import type { Report } from './report.ts';
import type { StringMatch } from './shapes.ts';

const LONGEST_REGEX = 1024;

/** A condition on a string, with prefixes that may not be empty (all but `uri`). `where` is the field's name. */
export function checkStringMatch(match: StringMatch | null | undefined, where: string, report: Report): void {
  if (match?.prefix === '') report.error(`"${where}": prefix string match should not be empty`);
  else checkRegexMatch(match, where, report);
}

/** Only the regex of a condition. */
export function checkRegexMatch(match: StringMatch | null | undefined, where: string, report: Report): void {
  if (match?.regex === undefined) return;
  if (match.regex === '') report.error(`"${where}": regex string match should not be empty`);
  else checkRegex(match.regex, where, report);
}

export function checkRegex(regex: string, where: string, report: Report): void {
  const problem = regexProblem(regex);
  if (problem !== undefined) report.error(`"${where}": ${problem}`);
}

function regexProblem(regex: string): string | undefined {
  if (regex.length > LONGEST_REGEX) return `regex is too large, max length allowed is ${LONGEST_REGEX}`;
  try {
    RE2JS.compile(regex);
    return undefined;
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return `${said}; Istio uses RE2 style regex-based match (https://github.com/google/re2/wiki/Syntax)`;
  }
}
