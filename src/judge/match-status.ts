/** True when a status fits a key of `statuses`: `503`, or a class such as `5xx`. */
export function matchesStatus(pattern: string, status: number): boolean {
  return pattern.endsWith('xx') ? String(status)[0] === pattern[0] : String(status) === pattern;
}
