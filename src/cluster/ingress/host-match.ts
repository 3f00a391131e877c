/** Gateway hosts may be written `namespace/host`; only the host matters to who sends requests. */
export function withoutNamespace(host: string): string {
  return host.slice(host.lastIndexOf('/') + 1);
}

export function isWildcard(host: string): boolean {
  return host.startsWith('*');
}

/** Whether a pattern (`*`, `*.example.com`, `shop.example.com`) takes in a concrete host. */
export function takesIn(pattern: string, host: string): boolean {
  return pattern.startsWith('*') ? host.endsWith(pattern.slice(1)) : pattern === host;
}
