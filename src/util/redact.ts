/** Takes secret values out of everything that is printed, journalled or reported. */
export interface Redactor {
  /** From now on these values, and their URL-encoded, base64 and JSON-escaped forms, are replaced. */
  add(values: Iterable<string>): void;
  redact(text: string): string;
  /** The same on every string and key inside a JSON value. */
  redactDeep<T>(value: T): T;
}

/** Shorter values would blank out unrelated text, so loading refuses them. */
export const SHORTEST_SECRET = 4;

const MASK = '***';

export function createRedactor(): Redactor {
  const forms = new Set<string>();
  let pattern: RegExp | undefined;

  function redact(text: string): string {
    return pattern === undefined ? text : text.replaceAll(pattern, MASK);
  }

  function deep(value: unknown): unknown {
    if (typeof value === 'string') return redact(value);
    if (Array.isArray(value)) return value.map(deep);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [redact(key), deep(inner)]));
  }

  return {
    add: (values) => {
      for (const value of values) if (value.length >= SHORTEST_SECRET) writtenForms(value).forEach((f) => forms.add(f));
      pattern = forms.size === 0 ? undefined : alternatives(forms);
    },
    redact,
    redactDeep: <T>(value: T) => (pattern === undefined ? value : (deep(value) as T)),
  };
}

function writtenForms(value: string): string[] {
  const form = new URLSearchParams([['', value]]).toString().slice(1);
  const base64 = Buffer.from(value).toString('base64');
  return [value, encodeURIComponent(Buffer.from(value).toString()), form, base64, JSON.stringify(value).slice(1, -1)];
}

/** Longest first, so that a secret that contains another is masked as a whole. */
function alternatives(forms: ReadonlySet<string>): RegExp {
  const escaped = [...forms]
    .sort((a, b) => b.length - a.length)
    .map((form) => form.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`));
  return new RegExp(escaped.join('|'), 'g');
}
