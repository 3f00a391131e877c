import type { z } from 'zod';
import { nearestName } from '../util/nearest-name.ts';
import type { Problem } from './diagnostic.ts';
import type { Path } from '../model/place.ts';
import { pathText } from '../model/place.ts';
import { shown } from './schema/said.ts';

type Issue = z.core.$ZodIssue;

/** Keys that later versions will know, so that they are not called misspelt. */
const LATER_PROBES = ['prometheus', 'jaeger', 'kubernetes', 'grafana', 'flagger', 'command'];

/** Zod's own words, which are about types of a program; ours are about the file. */
const ZOD_MESSAGE = /^(?:Invalid|Unrecognized|Too (?:big|small)|Expected)/;

/** What zod found, in terms of the file: what was read, what is allowed, the nearest name. */
export function explainIssue(issue: Issue, root: unknown, above: Path = []): Problem[] {
  const path = [...above, ...(issue.path as Path)];
  const value = valueAt(root, path);
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => unknownKey(path, key, issue.message.split(', '), value));
  if (value === undefined) return [missing(path)];
  if (value === null) return [{ code: 'INVALID_VALUE', path, message: `${named(path)} has no value` }];
  if (issue.code === 'invalid_union') {
    const branch = bestBranch(issue.errors);
    if (branch !== undefined) return branch.flatMap((inner) => explainIssue(inner, root, path));
  }
  if (issue.code === 'invalid_key')
    return [{ code: 'INVALID_VALUE', path, atKey: true, ...split(issue.issues[0]?.message ?? issue.message) }];
  if (issue.code === 'invalid_value' && ZOD_MESSAGE.test(issue.message))
    return [oneOf(path, value, issue.values.map(String))];
  if (!ZOD_MESSAGE.test(issue.message)) return [{ code: 'INVALID_VALUE', path, ...split(issue.message) }];
  const expected = issue.code === 'invalid_type' ? (EXPECTED[issue.expected] ?? issue.expected) : 'something else';
  return [{ code: 'INVALID_VALUE', path, message: `${named(path)} must be ${expected}, not ${described(value)}` }];
}

const EXPECTED: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
};

function unknownKey(path: Path, key: string, allowed: readonly string[], parent: unknown): Problem {
  const place = { path: [...path, key], atKey: true };
  if (LATER_PROBES.includes(key) && allowed.includes('http')) {
    return {
      code: 'NOT_IN_THIS_VERSION',
      ...place,
      message: `\`${key}\` is not in this version`,
      hint: 'This version knows http.',
    };
  }
  const free = allowed.filter((name) => !Object.hasOwn(parent as object, name));
  const nearest = nearestName(key, free.length > 0 ? free : allowed);
  const hint = `${nearest === undefined ? '' : `Did you mean \`${nearest}\`? `}Allowed: ${allowed.filter((name) => name !== '$schema').join(', ')}.`;
  const where = path.length === 0 ? 'at the top' : `in \`${pathText(path)}\``;
  return {
    code: 'UNKNOWN_KEY',
    ...place,
    message: `unknown key \`${key}\` ${where}`,
    hint,
    ...(nearest !== undefined && { meant: nearest }),
  };
}

function missing(path: Path): Problem {
  const key = path.at(-1) ?? '';
  const parent = path.slice(0, -1);
  const where = parent.length === 0 ? 'at the top' : `in \`${pathText(parent)}\``;
  return { code: 'MISSING_KEY', path, message: `\`${key}\` is missing ${where}` };
}

function oneOf(path: Path, value: unknown, allowed: readonly string[]): Problem {
  const nearest = nearestName(String(value), allowed);
  const hint = `${nearest === undefined || allowed.length === 1 ? '' : `Did you mean \`${nearest}\`? `}Allowed: ${allowed.join(', ')}.`;
  return { code: 'INVALID_VALUE', path, message: `${named(path)} is ${shown(value)}`, hint };
}

/** The alternative that was meant: the one whose outer type fits, else one that speaks for itself. */
function bestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const fitting = branches.filter((issues) =>
    issues.every((issue) => issue.path.length > 0 || (issue.code !== 'invalid_type' && issue.code !== 'invalid_union')),
  );
  const [best] = fitting.toSorted((a, b) => a.length - b.length);
  return (
    best ??
    branches.find((issues) => issues.some((issue) => issue.path.length === 0 && !ZOD_MESSAGE.test(issue.message)))
  );
}

function split(message: string): { message: string; hint?: string } {
  const [problem = '', hint] = message.split('\n');
  return { message: problem, ...(hint !== undefined && { hint }) };
}

function named(path: Path): string {
  const key = path.at(-1);
  if (key === undefined) return 'the document';
  return typeof key === 'number' ? `\`${pathText(path.slice(-2))}\`` : `\`${key}\``;
}

function described(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  return typeof value === 'string' ? `the text ${shown(value)}` : shown(value);
}

function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      value !== null && typeof value === 'object' && Object.hasOwn(value, step)
        ? (value as Record<string | number, unknown>)[step]
        : undefined,
    root,
  );
}
