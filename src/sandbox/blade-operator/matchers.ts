import type { Experiment } from './blade.ts';

/** An experiment's matchers by name, values joined with commas; empty ones are dropped, of repeated ones the last wins. */
export type Flags = ReadonlyMap<string, string>;

/** Matchers the operator uses up itself; every other one becomes a flag of the `blade` command. */
const OWN = new Set(
  [
    'names namespace labels evict-count evict-percent',
    'container-ids container-names container-index',
    'chaosblade-path chaosblade-override chaosblade-deploy-mode chaosblade-download-url',
    'is-docker-network use-sidecar-container-network',
  ].flatMap((line) => line.split(' ')),
);

export function flagsOf({ matchers = [] }: Experiment): Flags {
  const joined = matchers.map(({ name, value }) => [name, value.join(',')] as const);
  return new Map(joined.filter(([, value]) => value !== ''));
}

/** What is handed on to the tool. */
export function toolFlags(flags: Flags): Flags {
  return new Map([...flags].filter(([name]) => !OWN.has(name)));
}

/** The items of a comma list; none where the flag is absent. */
export function listOf(flags: Flags, name: string): string[] {
  const items = flags.get(name)?.split(',') ?? [];
  return items.map((item) => item.trim()).filter((item) => item !== '');
}
