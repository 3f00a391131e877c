import { createHash } from 'node:crypto';

// Kubernetes' own alphabet for generated names: nothing that reads as a word or as another letter.
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** The five letters at the end of a generated name. */
export function nameSuffix(random: () => number): string {
  return Array.from({ length: 5 }, () => ALPHABET.charAt(Math.floor(random() * ALPHABET.length))).join('');
}

/** The `pod-template-hash` of a template: equal templates, equal hash. */
export function templateHash(template: unknown): string {
  const digest = createHash('sha256').update(canonical(template)).digest();
  return Array.from(digest.subarray(0, 10), (byte) => ALPHABET.charAt(byte % ALPHABET.length)).join('');
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join(',')}}`;
}
