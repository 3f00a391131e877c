const MAX_LENGTH = 200;

/** A short quoted piece of a text for a message: one line, no control characters, around `at` where given. */
export function excerpt(text: string, at = 0): string {
  const start = Math.max(0, Math.min(at - MAX_LENGTH / 4, text.length - MAX_LENGTH));
  // Cut generously first: white space shrinks below, and a body may have megabytes.
  const piece = oneLine(text.slice(start, start + 4 * MAX_LENGTH));
  const short = piece.length > MAX_LENGTH - 2 ? piece.slice(0, MAX_LENGTH - 2).trimEnd() : piece;
  const more = short.length < piece.length || start + 4 * MAX_LENGTH < text.length;
  return `"${start > 0 ? '…' : ''}${short.replaceAll(/\p{Cs}/gu, '')}${more ? '…' : ''}"`;
}

function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
}
