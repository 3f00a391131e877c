/**
 * The texts of `Warning` headers (`299 - "text"`, RFC 7234 5.5): the way the API server and its webhooks say something
 * about a request that they accepted.
 */
export function parseWarnings(headers: readonly string[]): string[] {
  return headers.flatMap((header) =>
    [...header.matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map((match) => (match[1] ?? '').replaceAll(/\\(.)/g, '$1')),
  );
}
