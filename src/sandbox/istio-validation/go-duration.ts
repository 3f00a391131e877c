const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

const MILLISECOND = 1_000_000n;

/** Nanoseconds of a duration as Go's time.ParseDuration reads it (`1m30s`, `0.5s`), or undefined. */
export function parseGoDuration(text: string): bigint | undefined {
  const [, sign, body] = /^([+-]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+|0)$/.exec(text) ?? [];
  if (body === undefined) return undefined;
  let total = 0n;
  for (const [, whole = '', fraction = '', unit = ''] of body.matchAll(/(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/g)) {
    const size = UNITS[unit] ?? 0n;
    total += BigInt(whole === '' ? '0' : whole) * size;
    if (fraction !== '') total += (BigInt(fraction) * size) / 10n ** BigInt(fraction.length);
  }
  return sign === '-' ? -total : total;
}

export function isAtLeastOneMillisecond(nanoseconds: bigint): boolean {
  return nanoseconds >= MILLISECOND;
}

export function isWholeMilliseconds(nanoseconds: bigint): boolean {
  return nanoseconds % MILLISECOND === 0n;
}
