import type { Kind } from '../catalogue/kind.ts';

/** Kinds by group, in the order of the catalogue. */
export function byGroup(kinds: readonly Kind[]): Map<string, Kind[]> {
  const groups = new Map<string, Kind[]>();
  for (const kind of kinds) groups.set(kind.group, [...(groups.get(kind.group) ?? []), kind]);
  return groups;
}

/** Every version of a group, preferred one first. */
export function versionsOf(kinds: readonly Kind[]): string[] {
  const versions = [...new Set(kinds.flatMap((kind) => kind.versions))];
  return versions.sort((a, b) => Number(isBeta(a)) - Number(isBeta(b)));
}

function isBeta(version: string): boolean {
  return /\d(alpha|beta)\d/.test(version);
}
