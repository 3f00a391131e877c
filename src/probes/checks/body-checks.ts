import { isDeepStrictEqual } from 'node:util';
import { query, type JsonValue } from 'jsonpath-rfc9535';
import type { BodyExpectation } from '../../model/hypothesis.ts';
import type { Json } from '../../model/json.ts';
import { excerpt } from './excerpt.ts';

/** Compiles body expectations into a function that names each one that does not hold. */
export function compileBodyChecks(
  expected: BodyExpectation,
): (body: Buffer, contentType: string | undefined) => readonly string[] {
  const patterns = expected.matches.map((pattern) => new RegExp(pattern));
  const paths = Object.entries(expected.json);
  return (body, contentType) => {
    const text = decode(body, contentType);
    const got = text === '' ? 'an empty body' : excerpt(text);
    return [
      ...expected.contains
        .filter((part) => !text.includes(part))
        .map((part) => `expected body to contain ${excerpt(part)}, got ${got}`),
      ...expected.excludes
        .filter((part) => text.includes(part))
        .map((part) => `expected body without ${excerpt(part)}, got ${excerpt(text, text.indexOf(part))}`),
      ...patterns
        .filter((pattern) => !pattern.test(text))
        .map((pattern) => `expected body to match ${pattern}, got ${got}`),
      ...(paths.length > 0 ? checkJson(paths, text, got) : []),
    ];
  };
}

function checkJson(paths: readonly (readonly [string, Json])[], text: string, got: string): readonly string[] {
  let document: JsonValue;
  try {
    document = JSON.parse(text) as JsonValue;
  } catch {
    return [`expected a JSON body, got ${got}`];
  }
  return paths.flatMap(([path, value]) => checkPath(document, path, value));
}

function checkPath(document: JsonValue, path: string, value: Json): readonly string[] {
  const wish = `expected ${path} to be ${excerptJson(value)}`;
  try {
    const nodes = query(document, path);
    if (nodes.length > 0 && isDeepStrictEqual(nodes[0], value)) return [];
    return [`${wish}, got ${nodes.length === 0 ? 'no such node' : excerptJson(nodes[0])}`];
  } catch (error) {
    return [`${wish}, got an error: ${error instanceof Error ? error.message : String(error)}`];
  }
}

function excerptJson(value: unknown): string {
  return excerpt(JSON.stringify(value)).slice(1, -1);
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
