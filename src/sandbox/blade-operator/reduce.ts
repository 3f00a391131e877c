import type { ChaosBladeVersion } from '../options.ts';
import type { StoredObject } from '../store.ts';
import type { Flags } from './matchers.ts';
import { Refusal } from './refusal.ts';
import { WORDINGS } from './wording.ts';

/** What `evict-count`, `evict-percent`, `evict-group` and `random` leave of the objects that were found. */
export function reduce<T extends StoredObject>(
  found: readonly T[],
  flags: Flags,
  version: ChaosBladeVersion,
  random: () => number,
): T[] {
  const ordered = flags.get('random') === 'true' ? shuffled(found, random) : [...found];
  const group = flags.get('evict-group');
  if (group === undefined) return first(ordered, flags, version);
  const values = [...new Set(ordered.map(({ metadata }) => metadata.labels?.[group] ?? ''))];
  return values.flatMap((value) =>
    first(
      ordered.filter(({ metadata }) => (metadata.labels?.[group] ?? '') === value),
      flags,
      version,
    ),
  );
}

function first<T>(found: readonly T[], flags: Flags, version: ChaosBladeVersion): T[] {
  const count = numberOf(flags, 'evict-count', version) ?? Infinity;
  const percent = numberOf(flags, 'evict-percent', version) ?? 100;
  const share = Math.round((percent / 100) * found.length);
  return found.slice(0, Math.max(0, Math.min(count, share)));
}

function numberOf(flags: Flags, name: string, version: ChaosBladeVersion): number | undefined {
  const text = flags.get(name);
  if (text === undefined) return undefined;
  const says = WORDINGS[version];
  if (!/^[+-]?\d+$/.test(text)) throw new Refusal(says.badNumber(name, text));
  const refused = Number(text) === 0 ? says.zero(name) : undefined;
  if (refused !== undefined) throw new Refusal(refused);
  return Number(text);
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const drawn = items.map((item) => ({ item, place: random() }));
  return drawn.toSorted((a, b) => a.place - b.place).map(({ item }) => item);
}
