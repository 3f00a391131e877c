/** The HTTP statuses that a request can be refused with out of the blue. */
export const REFUSALS = [401, 403, 404, 409, 410, 422, 429, 500, 503] as const;
export type RefusalCode = (typeof REFUSALS)[number];

/** One way for a request to go wrong. With `afterEffect` it is handled first, and only its answer goes wrong. */
export type Misbehaviour =
  | { readonly kind: 'refuse'; readonly code: RefusalCode; readonly afterEffect?: boolean }
  /** The connection is reset, or the answer never comes. */
  | { readonly kind: 'reset' | 'hang'; readonly afterEffect?: boolean }
  /** It is handled, or its answer leaves, so many milliseconds later, also when the caller has gone meanwhile. */
  | { readonly kind: 'slow'; readonly ms: number; readonly afterEffect?: boolean }
  /** The first half of the answer comes, then the end of the connection; of a watch, half of its first event. */
  | { readonly kind: 'cut' }
  /** The answer ends in order after so many milliseconds: a watch that the server closes. */
  | { readonly kind: 'close'; readonly ms: number }
  /** The server's clock goes so many milliseconds ahead: its Date header, and the times that it writes into objects. */
  | { readonly kind: 'skew'; readonly ms: number };

/** Reads `503`, `503-after`, `reset`, `slow=2000`, `cut` and so on; undefined when it is nothing of that kind. */
export function parseMisbehaviour(text: string): Misbehaviour | undefined {
  const match = /^(?<name>\w+)(?<after>-after)?(?:=(?<ms>-?\d{1,9}))?$/.exec(text)?.groups;
  const name = match?.['name'] ?? '';
  const ms = match?.['ms'] === undefined ? undefined : Number(match['ms']);
  const afterEffect = match?.['after'] !== undefined;
  const code = REFUSALS.find((each) => String(each) === name);
  if (ms === undefined) {
    if (code !== undefined) return { kind: 'refuse', code, afterEffect };
    if (name === 'reset' || name === 'hang') return { kind: name, afterEffect };
    return name === 'cut' && !afterEffect ? { kind: 'cut' } : undefined;
  }
  if (name === 'slow' && ms >= 0) return { kind: 'slow', ms, afterEffect };
  if (afterEffect) return undefined;
  if (name === 'close' && ms >= 0) return { kind: 'close', ms };
  return name === 'skew' ? { kind: 'skew', ms } : undefined;
}
