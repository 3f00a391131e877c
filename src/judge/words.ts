import type { Millis } from '../model/clock.ts';
import { formatDuration } from '../model/duration.ts';

/** A share (0..1) as people write it; never rounds to 0% or 100% what is neither. */
export function percent(share: number): string {
  for (let digits = 2; digits < 8; digits += 1) {
    const text = (share * 100).toFixed(digits);
    const rounded = Number(text);
    if (share === 0 || share === 1 || (rounded !== 0 && rounded !== 100)) return `${rounded}%`;
  }
  return `${share * 100}%`;
}

/** A measured time: to a tenth of a millisecond, from one second on to a millisecond. */
export function time(ms: Millis): string {
  return formatDuration(ms < 1000 ? Math.round(ms * 10) / 10 : Math.round(ms));
}

/** `2/s`, and `1/30s` where one takes longer than a second. */
export function rate(perSecond: number): string {
  return perSecond >= 1 ? `${Math.round(perSecond * 100) / 100}/s` : `1/${time(1000 / perSecond)}`;
}
