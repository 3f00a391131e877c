import type { Path, Problem } from './diagnostic.ts';

interface Found {
  readonly path: Path;
  readonly text: string;
}

/**
 * Patterns in the languages of others: Envoy reads `regex` as RE2, and JSONPaths are RFC 9535. Their parsers are
 * loaded only when a file has such a pattern.
 */
export async function checkPatterns(root: unknown): Promise<Problem[]> {
  const found = { regexes: [] as Found[], jsonPaths: [] as Found[] };
  collect(root, [], found);
  return [
    ...(found.regexes.length > 0 ? await checkRegexes(found.regexes) : []),
    ...(found.jsonPaths.length > 0 ? await checkJsonPaths(found.jsonPaths) : []),
  ];
}

function collect(value: unknown, path: Path, found: { regexes: Found[]; jsonPaths: Found[] }): void {
  if (value === null || typeof value !== 'object') return;
  for (const [key, inner] of Array.isArray(value) ? value.entries() : Object.entries(value)) {
    const here = [...path, key];
    if (key === 'regex' && typeof inner === 'string' && path.includes('match'))
      found.regexes.push({ path: here, text: inner });
    else if (key === 'json' && path.at(-1) === 'body' && inner !== null && typeof inner === 'object') {
      for (const text of Object.keys(inner)) found.jsonPaths.push({ path: [...here, text], text });
    } else collect(inner, here, found);
  }
}

async function checkRegexes(regexes: readonly Found[]): Promise<Problem[]> {
  const { RE2JS } = await import('re2js');
  return refused(
    regexes,
    (text) => RE2JS.compile(text),
    (text, reason) => ({
      message: `\`${text}\` is not a regular expression: ${reason}`,
      hint: 'Allowed: RE2 syntax, as Envoy reads it; it must match the whole value. There is no look-ahead or back-reference.',
    }),
  );
}

async function checkJsonPaths(paths: readonly Found[]): Promise<Problem[]> {
  const { default: parse } = await import('jsonpath-rfc9535/parser');
  const problems = refused(
    paths,
    (text) => parse(text),
    (text, reason) => ({
      message: `\`${text}\` is not a JSONPath: ${reason}`,
      hint: 'Allowed: RFC 9535, such as $.status or $.reviews[0].rating.stars.',
    }),
  );
  return problems.map((problem) => ({ ...problem, atKey: true }));
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
