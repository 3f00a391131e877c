import { RE2JS } from 're2js';
import type { StringMatch } from '../../model/fault.ts';

/** Both conditions together: one of the two, nothing that could satisfy both, or something Istio cannot write down. */
export type Intersection =
  { readonly kind: 'match'; readonly match: StringMatch } | { readonly kind: 'never' | 'unclear' };

/** The condition that holds exactly when both do. `{}` means present. */
export function intersectStrings(a: StringMatch, b: StringMatch, ignoreCase = false): Intersection {
  const [left, right] = [normalize(a, ignoreCase), normalize(b, ignoreCase)];
  if (right.kind === 'any') return { kind: 'match', match: a };
  if (left.kind === 'any') return { kind: 'match', match: b };
  // Folding case does not reach into a regular expression.
  if (ignoreCase && (left.kind === 'regex') !== (right.kind === 'regex')) return { kind: 'unclear' };
  if (left.kind === 'exact') return implied(accepts(right, left.value), a);
  if (right.kind === 'exact') return implied(accepts(left, right.value), b);
  if (left.kind === 'prefix' && right.kind === 'prefix') {
    if (left.value.startsWith(right.value)) return { kind: 'match', match: a };
    return implied(right.value.startsWith(left.value), b);
  }
  const same = left.kind === right.kind && left.value === right.value;
  return same ? { kind: 'match', match: a } : { kind: 'unclear' };
}

/** Whether a value that is present satisfies the condition. */
export function matchesValue(match: StringMatch, value: string): boolean {
  const condition = normalize(match, false);
  return condition.kind === 'any' || accepts(condition, value);
}

/** What is wrong with a regular expression in RE2's syntax, which Istio uses; undefined when nothing is. */
export function regexTrouble(regex: string): string | undefined {
  try {
    RE2JS.compile(regex);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

type Condition = { readonly kind: 'any' } | { readonly kind: 'exact' | 'prefix' | 'regex'; readonly value: string };

function normalize({ exact, prefix, regex }: StringMatch, ignoreCase: boolean): Condition {
  const fold = (value: string) => (ignoreCase ? value.toLowerCase() : value);
  if (exact !== undefined) return { kind: 'exact', value: fold(exact) };
  if (prefix !== undefined) return { kind: 'prefix', value: fold(prefix) };
  // `*` alone is the old spelling of "present".
  if (regex === undefined || regex === '*' || regex === '.*') return { kind: 'any' };
  const literal = /^((?:[^\\.+*?()|[\]{}^$]|\\[^A-Za-z0-9])*)(\.\*)?$/.exec(regex);
  if (!literal || ignoreCase) return { kind: 'regex', value: regex };
  const value = (literal[1] ?? '').replaceAll(/\\(.)/g, '$1');
  return { kind: literal[2] === undefined ? 'exact' : 'prefix', value };
}

function accepts(condition: Exclude<Condition, { kind: 'any' }>, value: string): boolean {
  if (condition.kind === 'exact') return condition.value === value;
  if (condition.kind === 'prefix') return value.startsWith(condition.value);
  return RE2JS.compile(condition.value).matches(value);
}

function implied(holds: boolean, match: StringMatch): Intersection {
  return holds ? { kind: 'match', match } : { kind: 'never' };
}
