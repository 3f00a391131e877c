import type { Problem } from './diagnostic.ts';
import { lookUp, REFERENCES_ALLOWED } from './look-up.ts';
import type { ReferenceScope } from './look-up.ts';

export interface Resolved {
  readonly value: unknown;
  readonly problems: readonly UnresolvedReference[];
  /** Values that came from `${secret:...}`. */
  readonly secrets: readonly string[];
  /** Names of variables that were asked for. */
  readonly used: ReadonlySet<string>;
}

export interface UnresolvedReference extends Problem {
  /** The reference as it stands in the file. */
  readonly text: string;
  /** Where it starts in the text around it, as far as that has no escapes. */
  readonly at: number;
}

/** `$${` is a literal `${`; `${kind:name}` is a reference; any other `${` is a mistake. */
const REFERENCE = /\$\$\{|\$\{([^{}]*)\}|\$\{/g;

/** Replaces every reference in the strings of a plain value. Keys are left as they are. */
export function resolveReferences(input: unknown, scope: ReferenceScope): Resolved {
  const problems: UnresolvedReference[] = [];
  const secrets: string[] = [];
  const used = new Set<string>();
  const path: (string | number)[] = [];
  return { value: resolve(input), problems, secrets, used };

  function resolve(value: unknown): unknown {
    if (typeof value === 'string') return value.includes('${') ? resolveText(value) : value;
    if (Array.isArray(value)) return value.map((item, index) => resolveAt(index, item));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolveAt(key, item)]));
  }

  function resolveAt(step: string | number, value: unknown): unknown {
    path.push(step);
    const result = resolve(value);
    path.pop();
    return result;
  }

  /** A text that is one reference becomes its value, whatever type that has. */
  function resolveText(text: string): unknown {
    const whole = /^\$\{([^{}]*)\}$/.exec(text);
    if (whole) return resolveReference(whole[1] ?? '', text, 0);
    return text.replaceAll(REFERENCE, (match: string, inner: string | undefined, at: number) => {
      if (match === '$${') return '${';
      const value = resolveReference(inner, match, at);
      return typeof value === 'string' ? value : JSON.stringify(value);
    });
  }

  function resolveReference(inner: string | undefined, text: string, at: number): unknown {
    const result = inner === undefined ? UNCLOSED : lookUp(inner, scope);
    if (inner?.startsWith('var:')) used.add(inner.slice('var:'.length));
    if (result.found) {
      if (result.secret) secrets.push(String(result.value));
      return result.value;
    }
    const { message, hint } = result;
    problems.push({ code: 'UNKNOWN_REFERENCE', path: [...path], text, at, message, hint });
    return text;
  }
}

const UNCLOSED = {
  found: false,
  message: '`${` opens a reference that is not closed',
  hint: `Allowed: ${REFERENCES_ALLOWED}`,
} as const;
