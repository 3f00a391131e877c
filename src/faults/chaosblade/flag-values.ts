import type { FlagKind } from './catalogue.ts';

/** What is wrong with a flag's text, as the end of a sentence; undefined when nothing is. */
export function valueTrouble(kind: FlagKind, value: string): string | undefined {
  if (value === '') return 'is empty, and the operator drops it silently';
  const trouble = TROUBLES[kind](value);
  return trouble === undefined ? undefined : `is "${value}": ${trouble}`;
}

const TROUBLES: Readonly<Record<FlagKind, (value: string) => string | undefined>> = {
  percent: (value) => (isWhole(value) && Number(value) <= 100 ? undefined : 'a whole number from 0 to 100 is needed'),
  positive: (value) => (isWhole(value) && Number(value) > 0 ? undefined : 'a positive whole number is needed'),
  number: (value) => (isWhole(value) ? undefined : 'a whole number is needed'),
  ports: (value) => (value.split(',').every(isPorts) ? undefined : 'ports look like 80,8000-8080'),
  addresses: (value) =>
    value.split(',').every(isAddress) ? undefined : 'only IPv4 addresses and networks such as 10.0.0.0/24 are filtered',
  protocol: (value) => (['tcp', 'udp', 'icmp'].includes(value) ? undefined : 'one of tcp, udp and icmp is needed'),
  true: (value) => (value === 'true' ? undefined : 'a switch is "true", or left out'),
  text: () => undefined,
};

/** The ports of a flag, as ranges with both ends included. */
export function portRanges(value: string): readonly { readonly from: number; readonly to: number }[] {
  return value.split(',').map((part) => {
    const [from = '', to = from] = part.trim().split('-');
    return { from: Number(from), to: Number(to) };
  });
}

function isWhole(value: string): boolean {
  return /^\d{1,9}$/.test(value);
}

function isPorts(part: string): boolean {
  const [range] = portRanges(part);
  if (!/^\s*\d+(?:-\d+)?\s*$/.test(part) || range === undefined) return false;
  return range.from >= 1 && range.to <= 65_535 && range.from <= range.to;
}

function isAddress(part: string): boolean {
  const match = /^\s*(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?\s*$/.exec(part);
  return match !== null && match.slice(1, 5).every((it) => Number(it) <= 255) && Number(match[5] ?? 32) <= 32;
}
