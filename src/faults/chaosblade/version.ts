/** Major, minor and patch. */
export type Version = readonly [number, number, number];

/** `1.8.0`, `v1.7.5-dev`; undefined for anything else. */
export function parseVersion(text: string): Version | undefined {
  const match = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  return match === null ? undefined : [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
}

/** Negative when `a` is older than `b`. */
export function compareVersions(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

/** Whether a version is known to be older; an unknown one is taken to be new. */
export function isOlder(version: Version | undefined, than: string): boolean {
  const limit = parseVersion(than);
  return version !== undefined && limit !== undefined && compareVersions(version, limit) < 0;
}

export function showVersion(version: Version): string {
  return version.join('.');
}
