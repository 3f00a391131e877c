import { isSensitiveHeader, MASK, maskCredentials } from './credentials.ts';
import { writtenForms } from './secret-forms.ts';
import { visibleText } from './visible-text.ts';

/**
 * Everything that is printed, journalled or reported goes through here: secrets are masked, and of what others have
 * written only what can be read is left, nothing that acts on a terminal.
 */
export interface Redactor {
  /** From now on these values are replaced, as they are and as they get written: encoded, escaped, wrapped. */
  add(values: Iterable<string>): void;
  /** What was added. */
  values(): readonly string[];
  redact(text: string): string;
  /** The same on every string and key inside a JSON value. */
  redactDeep<T>(value: T): T;
  /** Masks only; for a text of ours that carries colours. */
  mask(text: string): string;
}

/** Shorter values would blank out unrelated text, so loading refuses them. */
export const SHORTEST_SECRET = 4;

export function createRedactor(): Redactor {
  const known = new Set<string>();
  const forms = new Set<string>();
  /** Keys repeat in every event. */
  const cleanKeys = new Set<string>();
  let pattern: RegExp | undefined;

  function mask(text: string): string {
    const masked = pattern === undefined ? text : text.replaceAll(pattern, MASK);
    return maskCredentials(masked);
  }

  function redact(text: string): string {
    return mask(visibleText(text));
  }

  function redactKey(key: string): string {
    if (cleanKeys.has(key)) return key;
    const clean = redact(key);
    if (clean === key && cleanKeys.size < 1000) cleanKeys.add(key);
    return clean;
  }

  /** What is clean is handed back as it is: samples are many, and hardly any needs a copy. */
  function deep(value: unknown): unknown {
    if (typeof value === 'string') return redact(value);
    if (value === null || typeof value !== 'object') return value;
    if (Array.isArray(value)) {
      const items: readonly unknown[] = value;
      const clean = items.map(deep);
      return clean.every((item, index) => Object.is(item, items[index])) ? value : clean;
    }
    let changed = false;
    const clean = Object.entries(value).map(([key, inner]): [string, unknown] => {
      const entry: [string, unknown] = [redactKey(key), isCredential(key, inner) ? MASK : deep(inner)];
      changed ||= entry[0] !== key || !Object.is(entry[1], inner);
      return entry;
    });
    return changed ? Object.fromEntries(clean) : value;
  }

  return {
    add(values) {
      const before = known.size;
      for (const value of values) {
        if (value.length < SHORTEST_SECRET || known.has(value)) continue;
        known.add(value);
        writtenForms(value).forEach((form) => forms.add(form));
      }
      if (known.size === before) return;
      pattern = alternatives(forms);
      cleanKeys.clear();
    },
    values: () => [...known],
    redact,
    redactDeep: <T>(value: T) => deep(value) as T,
    mask,
  };
}

function isCredential(key: string, value: unknown): boolean {
  return typeof value === 'string' && isSensitiveHeader(key);
}

/** Longest first, so that a secret that contains another is masked as a whole. */
function alternatives(forms: ReadonlySet<string>): RegExp {
  const escaped = [...forms]
    .sort((a, b) => b.length - a.length)
    .map((form) => form.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`));
  return new RegExp(escaped.join('|'), 'g');
}
