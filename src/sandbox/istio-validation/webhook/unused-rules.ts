import { covers, prefixRule, type PrefixRule } from './prefix-rules.ts';
import type { Report } from './report.ts';
import type { HttpMatch, HttpRoute } from './shapes.ts';

type Routes = readonly (HttpRoute | null | undefined)[];

/** Warns of rules that no request can reach: behind a rule without matches, or with matches that were there before. */
export function warnOfUnusedRules(routes: Routes, report: Report): void {
  const seen = new Map<string, string>();
  const prefixes: PrefixRule[] = [];
  let catchAll = false;
  for (const [index, route] of routes.entries()) {
    if (route === null || route === undefined) continue;
    const rule = nameOf(route.name, index);
    const matches = route.match ?? [];
    if (matches.length === 0) {
      if (catchAll) unused(report, rule, 'only the last rule can have no matches');
      catchAll = true;
      continue;
    }
    if (catchAll) for (const _ of matches) unused(report, rule, 'route without matches defined before');
    else if (warnOfSeen(matches, rule, seen, prefixes, report)) unused(report, rule, 'all matches used by prior rules');
  }
  warnOfCovered(prefixes, report);
}

/** Whether each of the matches was in a rule before. */
function warnOfSeen(
  matches: readonly (HttpMatch | null | undefined)[],
  rule: string,
  seen: Map<string, string>,
  prefixes: PrefixRule[],
  report: Report,
): boolean {
  let duplicates = 0;
  for (const [index, match] of matches.entries()) {
    const called = nameOf(match?.name, index);
    const key = canonical({ ...match, name: undefined });
    const before = seen.get(key);
    if (before !== undefined) {
      ineffective(report, rule, called, before);
      duplicates += 1;
      continue;
    }
    seen.set(key, rule);
    const prefix = prefixRule(match, rule, called);
    if (prefix !== undefined) prefixes.push(prefix);
  }
  return duplicates === matches.length;
}

function warnOfCovered(prefixes: readonly PrefixRule[], report: Report): void {
  for (const [index, earlier] of prefixes.entries()) {
    for (const later of prefixes.slice(index + 1)) {
      if (later.prefix === earlier.prefix || !covers(earlier, later)) continue;
      const by = `${earlier.match} of prefix ${earlier.prefix} on ${earlier.rule}`;
      ineffective(report, later.rule, `${later.match} of prefix ${later.prefix}`, by);
    }
  }
}

function unused(report: Report, rule: string, reason: string): void {
  report.warn(`virtualService rule ${rule} not used (${reason})`);
}

function ineffective(report: Report, rule: string, match: string, by: string): void {
  report.warn(`virtualService rule ${rule} match ${match} is not used (duplicate/overlapping match in rule ${by})`);
}

function nameOf(name: string | undefined, index: number): string {
  return name === undefined || name === '' ? `#${index}` : `"${name}"`;
}

/** The same text for the same conditions, in whatever order they were written. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
