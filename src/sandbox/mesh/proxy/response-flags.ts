/** Envoy's short codes for what happened to a request, in the order in which it lists them. */
const ORDER = ['UH', 'UT', 'UF', 'UC', 'UO', 'NR', 'DI', 'FI', 'DC', 'URX', 'NC'] as const;

export type ResponseFlag = (typeof ORDER)[number];

/** `-` for none, else the codes joined by commas, e.g. `DI,FI`. */
export function flagText(flags: ReadonlySet<ResponseFlag>): string {
  return ORDER.filter((flag) => flags.has(flag)).join(',') || '-';
}
