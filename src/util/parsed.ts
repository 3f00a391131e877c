/** What reading a small text gave: its value, or what is wrong with it and what may be written instead. */
export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string; readonly allowed: string };

export function parsed<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

export function unparsed(problem: string, allowed: string): Parsed<never> {
  return { ok: false, problem, allowed };
}
