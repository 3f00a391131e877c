const MAX_LENGTH = 200;
/** What is redacted around an excerpt: a secret that its edge would cut in two is masked as a whole. */
const MARGIN = 8192;

/** Masks secrets. */
export type Redact = (text: string) => string;

/** A short quoted piece of a text for a message: one line, no control characters or secrets, around `at` where given. */
export function excerpt(text: string, redact: Redact, at = 0): string {
  const start = Math.max(0, Math.min(at - MAX_LENGTH / 4, text.length - MAX_LENGTH));
  // Cut generously first: white space shrinks below, and a body may have megabytes.
  const end = start + 4 * MAX_LENGTH;
  const around = redact(text.slice(Math.max(0, start - MARGIN), end + MARGIN));
  const before = redact(text.slice(Math.max(0, start - MARGIN), start));
  const begin = commonLength(around, before);
  const piece = oneLine(around.slice(begin, begin + 4 * MAX_LENGTH));
  const short = piece.length > MAX_LENGTH - 2 ? piece.slice(0, MAX_LENGTH - 2).trimEnd() : piece;
  const more = short.length < piece.length || end < text.length;
  return `"${start > 0 ? '…' : ''}${short.replaceAll(/\p{Cs}/gu, '')}${more ? '…' : ''}"`;
}

function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
}

/** Where the excerpt begins in the redacted text: in front of a secret that begins before it. */
function commonLength(a: string, b: string): number {
  let length = 0;
  while (length < b.length && a[length] === b[length]) length += 1;
  return length;
}
