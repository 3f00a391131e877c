import type { Problem } from './diagnostic.ts';
import type { Path } from '../model/place.ts';

interface FoundPatterns {
  readonly regexes: Found[];
  readonly matches: Found[];
  readonly jsonPaths: Found[];
}

interface Found {
  readonly path: Path;
  readonly text: string;
}

/**
 * Patterns in the languages of others: Envoy reads `regex` as RE2, answers are matched by RE2 as well, because it takes
 * linear time whatever a server answers, and JSONPaths are RFC 9535. Their parsers are loaded only when a file has such
 * a pattern.
 */
export async function checkPatterns(root: unknown): Promise<Problem[]> {
  const found: FoundPatterns = { regexes: [], matches: [], jsonPaths: [] };
  collect(root, [], found);
  return [
    ...(found.regexes.length > 0 ? await checkRegexes(found.regexes, ENVOY) : []),
    ...(found.matches.length > 0 ? await checkRegexes(found.matches, ANSWERS) : []),
    ...(found.jsonPaths.length > 0 ? await checkJsonPaths(found.jsonPaths) : []),
  ];
}

function collect(value: unknown, path: Path, found: FoundPatterns): void {
  if (value === null || typeof value !== 'object') return;
  for (const [key, inner] of Array.isArray(value) ? value.entries() : Object.entries(value)) {
    const here = [...path, key];
    if (key === 'regex' && typeof inner === 'string' && path.includes('match'))
      found.regexes.push({ path: here, text: inner });
    else if (key === 'matches' && path.includes('expect')) found.matches.push(...patternsIn(inner, here));
    else if (key === 'json' && path.at(-1) === 'body' && inner !== null && typeof inner === 'object') {
      for (const text of Object.keys(inner)) found.jsonPaths.push({ path: [...here, text], text });
    } else collect(inner, here, found);
  }
}

/** One pattern or a list of them; what is no text is told by the schema. */
function patternsIn(value: unknown, path: Path): Found[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (!Array.isArray(value)) return [];
  return value.flatMap((text: unknown, index) => (typeof text === 'string' ? [{ path: [...path, index], text }] : []));
}

const ENVOY =
  'Allowed: RE2 syntax, as Envoy reads it; it must match the whole value. There is no look-ahead or back-reference.';
const ANSWERS =
  'Allowed: RE2 syntax, which takes no longer than the answer is long. There is no look-ahead, look-behind or back-reference.';

async function checkRegexes(regexes: readonly Found[], hint: string): Promise<Problem[]> {
  const { RE2JS } = await import('re2js');
  return refused(
    regexes,
    (text) => RE2JS.compile(text),
    (text, reason) => ({
      message: `\`${text}\` is not a regular expression: ${reason}`,
      hint,
    }),
  );
}

async function checkJsonPaths(paths: readonly Found[]): Promise<Problem[]> {
  const { default: parse } = await import('jsonpath-rfc9535/parser');
  const problems = refused(
    paths,
    (text) => refuseMatching(parse(text)),
    (text, reason) => ({
      message: `\`${text}\` is not a JSONPath: ${reason}`,
      hint: 'Allowed: RFC 9535, such as $.status or $.reviews[0].rating.stars.',
    }),
  );
  return problems.map((problem) => ({ ...problem, atKey: true }));
}

/** `match` and `search` run JavaScript's regular expressions over what a server answers, which one answer can stall. */
function refuseMatching(node: unknown): void {
  if (node === null || typeof node !== 'object') return;
  const { type, name } = node as { readonly type?: unknown; readonly name?: unknown };
  if (type === 'FunctionExpr' && (name === 'match' || name === 'search'))
    throw new Error(`the function ${name}() is not supported; use body.matches`);
  Object.values(node).forEach(refuseMatching);
}

function refused(
  all: readonly Found[],
  read: (text: string) => unknown,
  say: (text: string, reason: string) => { message: string; hint: string },
): Problem[] {
  return all.flatMap(({ path, text }): Problem[] => {
    try {
      read(text);
      return [];
    } catch (error) {
      const reason = shortened(error instanceof Error ? error.message : String(error));
      return [{ code: 'INVALID_VALUE', path, ...say(text, reason) }];
    }
  });
}

/** The parser of JSONPaths lists all it could have read; only what it did not expect helps. */
function shortened(reason: string): string {
  const unexpected = / but (.+) found\.$/.exec(reason);
  return unexpected ? `unexpected ${unexpected[1]}` : reason.replace('error parsing regexp: ', '');
}
