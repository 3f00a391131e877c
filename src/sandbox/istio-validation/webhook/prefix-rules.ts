import type { HttpMatch, StringMatch, StringMatches } from './shapes.ts';

/** A match on a path prefix, with its other conditions as comparable texts. */
export interface PrefixRule {
  readonly rule: string;
  readonly match: string;
  readonly prefix: string;
  readonly port: number;
  readonly method: string;
  readonly authority: string;
  readonly maps: readonly Readonly<Record<string, string>>[];
}

/** Undefined for a match that has no path prefix. */
export function prefixRule(match: HttpMatch | null | undefined, rule: string, called: string): PrefixRule | undefined {
  const prefix = match?.uri?.prefix ?? '';
  if (match === null || match === undefined || prefix === '') return undefined;
  return {
    rule,
    match: called,
    prefix,
    port: match.port ?? 0,
    // Istio takes a match without a method for one on GET when it compares.
    method: textOf(match.method) || 'exact:GET',
    authority: textOf(match.authority),
    maps: [match.headers, match.queryParams, match.withoutHeaders].map(textsOf),
  };
}

/** Whether every request that the later one takes was taken by the earlier one, as Istio estimates it. */
export function covers(earlier: PrefixRule, later: PrefixRule): boolean {
  return (
    later.prefix.startsWith(earlier.prefix) &&
    later.port === earlier.port &&
    earlier.method.startsWith(later.method) &&
    earlier.authority.startsWith(later.authority) &&
    earlier.maps.every((map, index) => coversMap(map, later.maps[index] ?? {}))
  );
}

function coversMap(earlier: Readonly<Record<string, string>>, later: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(earlier);
  return (
    names.length === Object.keys(later).length &&
    names.every((name) => {
      const wanted = later[name];
      return wanted !== undefined && (earlier[name] ?? '').startsWith(wanted);
    })
  );
}

function textsOf(matches: StringMatches | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(matches ?? {}).map(([name, match]) => [name, textOf(match)]));
}

function textOf(match: StringMatch | null | undefined): string {
  if (match?.exact !== undefined && match.exact !== '') return `exact:${match.exact}`;
  return match?.prefix !== undefined && match.prefix !== '' ? `prefix:${match.prefix}` : '';
}
