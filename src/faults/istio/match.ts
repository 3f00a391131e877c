import type { HttpMatch, StringMatch } from '../../model/fault.ts';
import { intersectStrings, matchesValue } from './string-match.ts';
import type { MatchBlock } from './virtual-service.ts';

/** One match block narrowed: the block, nothing that could satisfy both, or why it cannot be written down. */
export type Narrowed<T> = { readonly kind: 'match'; readonly match: T } | Dead | Unclear;
interface Dead {
  readonly kind: 'never';
  readonly reason: string;
}
interface Unclear {
  readonly kind: 'unclear';
  readonly reason: string;
}

const STRING_FIELDS = ['uri', 'scheme', 'method', 'authority'] as const;
const MAP_FIELDS = ['headers', 'queryParams'] as const;

/** A match block with further request conditions; fields that the conditions do not mention stay as they are. */
export function intersectRequests(block: MatchBlock, conditions: HttpMatch): Narrowed<MatchBlock> {
  const result: Record<string, unknown> = { ...block };
  const uri = intersectCase(block, conditions);
  if (uri !== undefined) return uri;
  for (const field of STRING_FIELDS) {
    const [mine, theirs] = [block[field], conditions[field]];
    if (theirs === undefined) continue;
    const merged = mergeStrings(field, mine, theirs, field === 'uri' && block.ignoreUriCase === true);
    if (merged.kind !== 'match') return merged;
    result[field] = merged.match;
  }
  if (conditions.uri !== undefined && block.uri === undefined) {
    // The block's own flag was without effect.
    delete result['ignoreUriCase'];
    if (conditions.ignoreUriCase === true) result['ignoreUriCase'] = true;
  }
  for (const field of MAP_FIELDS) {
    const merged = mergeMaps(field, block[field], conditions[field]);
    if (merged.kind !== 'match') return merged;
    if (merged.match !== undefined) result[field] = merged.match;
  }
  if (conditions.port !== undefined) {
    if (block.port !== undefined && block.port !== conditions.port) return never('port', block.port, conditions.port);
    result['port'] = conditions.port;
  }
  return addNegations(result, conditions);
}

/** Whether a condition restricts any request at all. */
export function isEmptyMatch(match: HttpMatch): boolean {
  return Object.entries(match).every(
    ([field, value]) =>
      value === undefined ||
      field === 'ignoreUriCase' ||
      (typeof value === 'object' && isMap(field) && Object.keys(value).length === 0),
  );
}

function isMap(field: string): boolean {
  return field === 'withoutHeaders' || MAP_FIELDS.some((known) => known === field);
}

/** A path condition folds case or not as a whole, so two that differ in this cannot share a block. */
function intersectCase(block: MatchBlock, conditions: HttpMatch): Unclear | undefined {
  if (block.uri === undefined || conditions.uri === undefined) return undefined;
  if ((block.ignoreUriCase ?? false) === (conditions.ignoreUriCase ?? false)) return undefined;
  return { kind: 'unclear', reason: 'only one of the two path conditions ignores case' };
}

function mergeStrings(
  what: string,
  mine: StringMatch | undefined,
  theirs: StringMatch,
  ignoreCase = false,
): Narrowed<StringMatch> {
  if (mine === undefined) return { kind: 'match', match: theirs };
  const merged = intersectStrings(mine, theirs, ignoreCase);
  if (merged.kind === 'match') return merged;
  if (merged.kind === 'never') return never(what, mine, theirs);
  return {
    kind: 'unclear',
    reason: `${what}: ${show(mine)} and ${show(theirs)} cannot both be said in one Istio match`,
  };
}

function mergeMaps(
  field: (typeof MAP_FIELDS)[number],
  mine: Readonly<Record<string, StringMatch>> | undefined,
  theirs: Readonly<Record<string, StringMatch>> = {},
): Narrowed<Readonly<Record<string, StringMatch>> | undefined> {
  if (Object.keys(theirs).length === 0) return { kind: 'match', match: mine };
  const merged: Record<string, StringMatch> = { ...mine };
  for (const [name, condition] of Object.entries(theirs)) {
    // Header names compare without case; the route's own spelling is kept.
    const key = field === 'headers' ? (findHeader(merged, name) ?? name) : name;
    const one = mergeStrings(`${field} ${key}`, merged[key], condition);
    if (one.kind !== 'match') return one;
    merged[key] = one.match;
  }
  return { kind: 'match', match: merged };
}

/** `withoutHeaders` of both, and conditions on one header that exclude each other. */
function addNegations(block: MatchBlock, conditions: HttpMatch): Narrowed<MatchBlock> {
  const negations: Record<string, StringMatch> = { ...block.withoutHeaders };
  for (const [name, condition] of Object.entries(conditions.withoutHeaders ?? {})) {
    const key = findHeader(negations, name) ?? name;
    const mine = negations[key];
    if (mine !== undefined && show(mine) !== show(condition)) {
      return {
        kind: 'unclear',
        reason: `withoutHeaders ${key}: ${show(mine)} and ${show(condition)} cannot both be said`,
      };
    }
    negations[key] = condition;
  }
  for (const [name, negation] of Object.entries(negations)) {
    const positive = block.headers?.[findHeader(block.headers, name) ?? ''];
    if (positive !== undefined && excludes(negation, positive)) {
      return { kind: 'never', reason: `header ${name} cannot be ${show(positive)} and not ${show(negation)}` };
    }
  }
  if (Object.keys(negations).length === 0) return { kind: 'match', match: block };
  return { kind: 'match', match: { ...block, withoutHeaders: negations } };
}

/** Whether no value that satisfies `positive` is left by the negation, where that can be told. */
function excludes(negation: StringMatch, positive: StringMatch): boolean {
  if (Object.keys(negation).length === 0) return true;
  return positive.exact !== undefined && matchesValue(negation, positive.exact);
}

function findHeader(map: Readonly<Record<string, unknown>>, name: string): string | undefined {
  return Object.keys(map).find((key) => key.toLowerCase() === name.toLowerCase());
}

function never(what: string, mine: unknown, theirs: unknown): Dead {
  return { kind: 'never', reason: `${what} cannot be ${show(mine)} and ${show(theirs)}` };
}

function show(value: unknown): string {
  return JSON.stringify(value);
}
