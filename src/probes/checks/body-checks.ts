import { isDeepStrictEqual } from 'node:util';
import { query, type JsonValue } from 'jsonpath-rfc9535';
import { RE2JS } from 're2js';
import type { BodyExpectation } from '../../model/hypothesis.ts';
import type { Json } from '../../model/json.ts';
import { excerpt, type Redact } from './excerpt.ts';

/** Compiles body expectations into a function that names each one that does not hold. */
export function compileBodyChecks(
  expected: BodyExpectation,
  redact: Redact,
): (body: Buffer, contentType: string | undefined) => readonly string[] {
  // RE2 takes time linear in the body, whatever the pattern and whatever the server sends to hold us up.
  const patterns = expected.matches.map((source) => ({ source, re2: RE2JS.compile(source) }));
  const paths = Object.entries(expected.json);
  return (body, contentType) => {
    const text = decode(body, contentType);
    const got = (): string => (text === '' ? 'an empty body' : excerpt(text, redact));
    return [
      ...expected.contains
        .filter((part) => !text.includes(part))
        .map((part) => `expected body to contain ${excerpt(part, redact)}, got ${got()}`),
      ...expected.excludes
        .filter((part) => text.includes(part))
        .map(
          (part) => `expected body without ${excerpt(part, redact)}, got ${excerpt(text, redact, text.indexOf(part))}`,
        ),
      ...patterns
        .filter(({ re2 }) => !re2.test(text))
        .map(({ source }) => `expected body to match /${source}/, got ${got()}`),
      ...(paths.length > 0 ? checkJson(paths, text, got, redact) : []),
    ];
  };
}

function checkJson(
  paths: readonly (readonly [string, Json])[],
  text: string,
  got: () => string,
  redact: Redact,
): readonly string[] {
  let document: JsonValue;
  try {
    document = JSON.parse(text) as JsonValue;
  } catch {
    return [`expected a JSON body, got ${got()}`];
  }
  return paths.flatMap(([path, value]) => checkPath(document, path, value, redact));
}

function checkPath(document: JsonValue, path: string, value: Json, redact: Redact): readonly string[] {
  const wish = `expected ${path} to be ${excerptJson(value, redact)}`;
  try {
    const nodes = query(document, path);
    if (nodes.length > 0 && isDeepStrictEqual(nodes[0], value)) return [];
    return [`${wish}, got ${nodes.length === 0 ? 'no such node' : excerptJson(nodes[0], redact)}`];
  } catch (error) {
    return [`${wish}, got an error: ${error instanceof Error ? error.message : String(error)}`];
  }
}

function excerptJson(value: unknown, redact: Redact): string {
  return excerpt(JSON.stringify(value), redact).slice(1, -1);
}

/** Bytes that are no text in the answer's charset become U+FFFD. */
function decode(body: Buffer, contentType: string | undefined): string {
  const charset = /charset="?([^";\s]+)/i.exec(contentType ?? '')?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset).decode(body);
  } catch {
    return new TextDecoder().decode(body);
  }
}
