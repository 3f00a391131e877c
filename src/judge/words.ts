/** A share (0..1) as people write it; never rounds to 0% or 100% what is neither. */
export function percent(share: number): string {
  for (let digits = 2; digits < 8; digits += 1) {
    const text = (share * 100).toFixed(digits);
    const rounded = Number(text);
    if (share === 0 || share === 1 || (rounded !== 0 && rounded !== 100)) return `${rounded}%`;
  }
  return `${share * 100}%`;
}

/** A measured time: milliseconds with one decimal, from one second on seconds with three. */
export function time(ms: number): string {
  return ms < 1000 ? `${Number(ms.toFixed(1))}ms` : `${Number((ms / 1000).toFixed(3))}s`;
}

/** `1 request`, `2 requests`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
