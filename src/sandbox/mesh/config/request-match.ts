import { valueOf } from '../proxy/headers.ts';
import type { MatchBlock, StringMatch } from './objects.ts';
import type { Matcher, RequestHead } from './route-table.ts';
import { stringMatcher } from './string-match.ts';

/** Header keys that stand for other parts of a request; as header conditions Istio's reference says they are ignored. */
const NOT_HEADERS = new Set(['uri', 'scheme', 'method', 'authority']);

/** The conditions of one match block that are tested on each request; all must hold. */
export function requestMatcher(block: MatchBlock): Matcher {
  const conditions = [
    ...onPart(block.uri, (request) => request.path, block.ignoreUriCase),
    ...onPart(block.scheme, (request) => request.scheme),
    ...onPart(block.method, (request) => request.method),
    ...onPart(block.authority, (request) => request.authority),
    ...headerEntries(block.headers).map(([name, match]) => headerCondition(name, match)),
    ...headerEntries(block.withoutHeaders).map(([name, match]) => absenceCondition(name, match)),
    ...Object.entries(block.queryParams ?? {}).map(([name, match]) => queryCondition(name, match)),
  ];
  return (request) => conditions.every((condition) => condition(request));
}

/** Whether a block lets every request through, which ends a route list (Istio's route.go, IsCatchAllRoute). */
export function matchesEverything(block: MatchBlock): boolean {
  const anyPath =
    block.uri === undefined ||
    block.uri.prefix === '/' ||
    block.uri.regex === '.*' ||
    Object.keys(block.uri).length === 0;
  return (
    anyPath &&
    block.scheme === undefined &&
    block.method === undefined &&
    block.authority === undefined &&
    headerEntries(block.headers).length === 0 &&
    headerEntries(block.withoutHeaders).length === 0 &&
    Object.keys(block.queryParams ?? {}).length === 0
  );
}

function onPart(
  match: StringMatch | undefined,
  part: (request: RequestHead) => string,
  ignoreCase?: boolean,
): Matcher[] {
  const matcher = match && stringMatcher(match, ignoreCase);
  return matcher ? [(request) => matcher(part(request))] : [];
}

function headerEntries(headers: Readonly<Record<string, StringMatch>> | undefined): [string, StringMatch][] {
  return Object.entries(headers ?? {}).filter(([name]) => !NOT_HEADERS.has(name));
}

function headerCondition(name: string, match: StringMatch): Matcher {
  const key = name.toLowerCase();
  const matcher = presenceRegex(match) ? undefined : stringMatcher(match);
  return (request) => {
    const value = valueOf(request.headers, key);
    return value !== undefined && (matcher === undefined || matcher(value));
  };
}

/** The opposite of a header condition, where a missing header counts as the empty string. */
function absenceCondition(name: string, match: StringMatch): Matcher {
  const key = name.toLowerCase();
  const matcher = presenceRegex(match) ? undefined : stringMatcher(match);
  return (request) => {
    const value = valueOf(request.headers, key);
    return matcher === undefined ? value === undefined : !matcher(value ?? '');
  };
}

function queryCondition(name: string, match: StringMatch): Matcher {
  const matcher = presenceRegex(match) ? undefined : stringMatcher(match);
  return (request) => {
    const value = queryValue(request.query, name);
    return value !== undefined && (matcher === undefined || matcher(value));
  };
}

/** The old spelling of "present". */
function presenceRegex(match: StringMatch): boolean {
  return match.regex === '*';
}

/** The first occurrence, not decoded: Envoy compares the characters of the request line. */
export function queryValue(query: string, name: string): string | undefined {
  for (const pair of query.split('&')) {
    const equals = pair.indexOf('=');
    if ((equals === -1 ? pair : pair.slice(0, equals)) === name) return equals === -1 ? '' : pair.slice(equals + 1);
  }
  return undefined;
}
